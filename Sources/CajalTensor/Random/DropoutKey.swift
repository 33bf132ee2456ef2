import CajalSupport

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
