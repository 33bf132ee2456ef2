import CajalSupport

/// The used range of 16-bit values: cameras of 8 to 14 bits often write 16-bit files with unused
/// upper bits.
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

  /// The number of bits used.
  public var bits: Int { Int.bitWidth - largestValue.leadingZeroBitCount }

  /// Whether the values, as fractions of 65535, would all be dark: at most 14 bits are used, less
  /// than a quarter of the range. Entirely black pictures do not count.
  public var isNarrow: Bool { (1...14).contains(bits) }

  /// The probable maximum value of the camera, of 8, 10, 12, 14 or 16 bits.
  public var probableWhiteLevel: Int { 1 << max(8, bits + bits % 2) - 1 }
}
