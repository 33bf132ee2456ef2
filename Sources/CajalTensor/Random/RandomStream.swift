/// A sequential reader of a random sequence, for host-side choices such as crops and shuffles.
public struct RandomStream: RandomNumberGenerator, Sendable {
  /// The sequence read from.
  public let key: RandomKey
  private var words = SIMD4<UInt32>()
  private var position: UInt64 = 0

  /// Starts at element 0 of the sequence.
  public init(_ key: RandomKey) { self.key = key }

  /// The next 32-bit word.
  public mutating func nextWord() -> UInt32 {
    let lane = Int(position % 4)
    if lane == 0 { words = Philox.block(key, UInt32(position / 4)) }
    position += 1
    return words[lane]
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    let low = UInt64(nextWord())
    return UInt64(nextWord()) << 32 | low
  }

  /// The next number in [0, 1), with 24 random bits.
  public mutating func nextUniform() -> Float { Philox.uniform(nextWord()) }
}
