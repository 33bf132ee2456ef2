import CajalSupport

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

/// A random sequence that decides what dropout keeps: element `i` is kept when its word is at least
/// `rate · 2³²`.
public struct DropoutKey: Sendable, Hashable {
  /// The sequence.
  public var key: RandomKey
  /// The probability of dropping an element, in 0 ..< 1.
  public var rate: Float

  /// Drops with probability `rate`.
  public init(_ key: RandomKey, rate: Float) {
    require(rate >= 0 && rate < 1, "a dropout rate is in 0 ..< 1, not \(rate)")
    self.key = key
    self.rate = rate
  }

  /// The smallest word that is kept.
  package var threshold: UInt32 { UInt32(min(Double(rate) * 4_294_967_296, 4_294_967_295)) }
}

/// Philox 4×32-10, the counter-based generator of Salmon et al., "Parallel Random Numbers: As Easy
/// as 1, 2, 3" (SC 2011).
package enum Philox {
  /// The four words of block `index` of the sequence `key`.
  package static func block(_ key: RandomKey, _ index: UInt32) -> SIMD4<UInt32> {
    var counter = SIMD4<UInt32>(
      index, key.stream, UInt32(truncatingIfNeeded: key.step),
      UInt32(truncatingIfNeeded: key.step >> 32))
    var k0 = UInt32(truncatingIfNeeded: key.seed)
    var k1 = UInt32(truncatingIfNeeded: key.seed >> 32)
    for _ in 0..<10 {
      let a = UInt64(counter.x) * 0xD251_1F53
      let b = UInt64(counter.z) * 0xCD9E_8D57
      counter = SIMD4(
        UInt32(truncatingIfNeeded: b >> 32) ^ counter.y ^ k0, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ counter.w ^ k1, UInt32(truncatingIfNeeded: a))
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return counter
  }
}

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

extension Philox {
  /// A word as a number in [0, 1): its upper 24 bits over 2²⁴.
  package static func uniform(_ word: UInt32) -> Float { Float(word >> 8) * 0x1p-24 }
}
