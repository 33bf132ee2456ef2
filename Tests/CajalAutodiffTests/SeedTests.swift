import CajalAutodiff
import CajalTensor
import Testing

/// Losses that make their gradient along with their value, where the seed of the backward pass is
/// known.
@Suite struct SeedTests {
  private func gradient(
    expecting expectedSeed: Float?, seed: Float, factor: Float, on device: Device
  ) -> [Float] {
    let tape = Tape(expectedSeed: expectedSeed)
    let logits = tape.variable(
      Tensor<Float>(randomNormal: [5, 7], key: RandomKey(seed: 1, stream: 2), on: device))
    let labels = Tensor<Int32>([0, 6, 3, 3, 1], on: device)
    let loss = logits.meanCrossEntropy(labels: labels, smoothing: 0.1)
    tape.backward(from: factor == 1 ? loss : loss * factor, seed: seed)
    return tape.gradient(of: logits).scalars
  }

  /// The bits are the same whether the seed is expected or not, and right where another one comes
  /// or the mean is only a part of the loss.
  @Test(arguments: [Device.cpu, .reference]) func knownSeedsChangeNoBits(device: Device) {
    for (seed, factor): (Float, Float) in [(1, 1), (0.375, 1), (0.375, 3), (1, 0.1)] {
      let expected = gradient(expecting: nil, seed: seed, factor: factor, on: device)
      #expect(expected.contains { abs($0) > 0.01 * seed * factor })
      for expectedSeed: Float in [seed, 2] {
        let actual = gradient(expecting: expectedSeed, seed: seed, factor: factor, on: device)
        #expect(actual == expected, "seed \(seed), expected \(expectedSeed), times \(factor)")
      }
    }
  }
}
