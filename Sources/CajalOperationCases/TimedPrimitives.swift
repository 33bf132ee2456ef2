import CajalTensor

// Single primitives on random operands, for timing (TimedProduct, TimedAttention,
// TimedConvolution): a call does only the work, and returns when it is done.

/// A normal random operand of a timed primitive.
func timedOperand(_ shape: Shape, seed: UInt64, on device: Device) -> Tensor<Float> {
  Tensor(randomNormal: shape, key: RandomKey(seed: seed, stream: 0), on: device)
}
