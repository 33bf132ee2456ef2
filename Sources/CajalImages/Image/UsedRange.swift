import CajalFiles

/// How much of their range 16-bit values use: cameras of 8 to 14 bits often write files of 16,
/// whose upper bits are then empty.
public struct UsedRange: Sendable, Hashable, Codable {
  /// The largest value that was found.
  public let largestValue: Int

  /// The range of values whose largest is `largestValue`.
  ///
  /// Traps unless that is in 0...65535.
  public init(largestValue: Int) {
    require((0...65535).contains(largestValue), "A value of 16 bits is in 0...65535.")
    self.largestValue = largestValue
  }

  /// How many of the 16 bits are used.
  public var bits: Int { Int.bitWidth - largestValue.leadingZeroBitCount }

  /// Whether the values, taken for fractions of 65535, would all be dark: at most 14 bits are used,
  /// less than a quarter of the range. Pictures that are black everywhere have no range to judge.
  public var isNarrow: Bool { (1...14).contains(bits) }

  /// The largest value of the camera that the values probably are from: one of 8, 10, 12, 14 or 16
  /// bits.
  public var probableWhiteLevel: Int { 1 << max(8, bits + bits % 2) - 1 }
}
