/// Names one sequence of random numbers: the same key gives the same numbers on every device.
///
/// Element `i` of the sequence is a word of the Philox 4×32-10 block with counter
/// `(i / 4, stream, step low, step high)` under the key `seed`.
public struct RandomKey: Sendable, Hashable, Codable {
  /// The user's seed.
  public var seed: UInt64
  /// What the numbers are for; see the users of this type.
  public var stream: UInt32
  /// The training step, epoch or example that they belong to.
  public var step: UInt64

  /// The sequence for a seed, a purpose and a step.
  public init(seed: UInt64, stream: UInt32, step: UInt64 = 0) {
    self.seed = seed
    self.stream = stream
    self.step = step
  }
}
