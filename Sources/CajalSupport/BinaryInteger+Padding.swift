extension BinaryInteger {
  /// The digits with leading zeros, at least `width` in all. Traps on negative numbers.
  package func zeroPadded(to width: Int, radix: Int = 10) -> String {
    require(self >= 0, "only numbers that are not negative are padded with zeros")
    let digits = String(self, radix: radix)
    return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
  }
}

extension String {
  /// The text with trailing spaces, at least `width` characters in all.
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }
}
