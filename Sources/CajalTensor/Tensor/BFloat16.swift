/// A floating-point number of 16 bits with the range of Float and 8 bits of precision: the upper
/// half of a Float.
///
/// A type to store numbers in. Its arithmetic is Float's, rounded to nearest, ties to even; NaN and
/// the zeros compare as Float's do.
public struct BFloat16: Sendable {
  /// The sign, 8 bits of exponent and 7 bits of fraction.
  public let bitPattern: UInt16

  /// The number with the given bits.
  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// The nearest number to `value`, ties to even; NaN stays NaN.
  public init(_ value: Float) {
    let bits = value.bitPattern
    guard !value.isNaN else {
      // With the quiet bit a NaN whose fraction is in the lower half does not become infinite.
      bitPattern = UInt16(bits >> 16) | 0x40
      return
    }
    // Adds a half, or just less than that where the lowest bit that stays is even.
    bitPattern = UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
  }

  /// Infinity.
  public static let infinity = BFloat16(bitPattern: 0x7F80)
  /// A quiet NaN.
  public static let nan = BFloat16(bitPattern: 0x7FC0)
}

extension Float {
  /// The value, exactly.
  public init(_ value: BFloat16) { self.init(bitPattern: UInt32(value.bitPattern) << 16) }
}

extension BFloat16: TensorFloatingPoint {
  /// `BF16`
  public static var scalarType: ScalarType { .bfloat16 }

  /// Rounds to nearest, ties to even.
  public init(converting value: Double) {
    let nearest = Float(value)
    guard nearest.isFinite, Double(nearest) != value else {
      self.init(nearest)
      return
    }
    // Rounding twice, to Float first, would be wrong where a value next to a tie becomes the tie.
    // A Float that is rounded to odd is a tie only if the value is one.
    let truncated =
      Double(nearest).magnitude > value.magnitude ? nearest.bitPattern - 1 : nearest.bitPattern
    self.init(Float(bitPattern: truncated | 1))
  }

  /// Rounds to nearest, ties to even.
  public init(converting value: Int64) {
    // Beyond 2⁵³ the lower bits become one, so that a Double has the value exactly.
    let isLarge = value.magnitude > 1 << 53
    let lower: Int64 = value & 0x7FF == 0 ? 0 : 0x400
    self.init(converting: Double(isLarge ? value & ~0x7FF | lower : value))
  }

  /// The value, exactly.
  public var asDouble: Double { Double(Float(self)) }
}

extension BFloat16: Comparable {
  /// Whether the values are equal; NaN equals nothing and the two zeros are equal.
  public static func == (left: BFloat16, right: BFloat16) -> Bool { Float(left) == Float(right) }
  /// Whether `left` is less; NaN is not ordered.
  public static func < (left: BFloat16, right: BFloat16) -> Bool { Float(left) < Float(right) }
  /// Hashes the value.
  public func hash(into hasher: inout Hasher) { hasher.combine(Float(self)) }
}

extension BFloat16: SignedNumeric {
  /// The sum, rounded.
  public static func + (left: BFloat16, right: BFloat16) -> BFloat16 {
    BFloat16(converting: left.asDouble + right.asDouble)
  }
  /// The difference, rounded.
  public static func - (left: BFloat16, right: BFloat16) -> BFloat16 {
    BFloat16(converting: left.asDouble - right.asDouble)
  }
  /// The product, rounded.
  public static func * (left: BFloat16, right: BFloat16) -> BFloat16 {
    BFloat16(converting: left.asDouble * right.asDouble)
  }
  /// Multiplies with `right` and rounds.
  public static func *= (left: inout BFloat16, right: BFloat16) { left = left * right }
  /// The value with the other sign.
  public static prefix func - (x: BFloat16) -> BFloat16 {
    BFloat16(bitPattern: x.bitPattern ^ 0x8000)
  }
  /// Changes the sign.
  public mutating func negate() { self = -self }
  /// The value without its sign.
  public var magnitude: BFloat16 { BFloat16(bitPattern: bitPattern & 0x7FFF) }

  /// The same number, or `nil` where the type does not have it.
  public init?(exactly source: some BinaryInteger) {
    guard let value = Float(exactly: source) else { return nil }
    self.init(value)
    guard Float(self) == value else { return nil }
  }
}

extension BFloat16: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// The nearest number.
  public init(floatLiteral value: Double) { self.init(converting: value) }
  /// The nearest number.
  public init(integerLiteral value: Int64) { self.init(converting: value) }
}

extension BFloat16: Codable {
  /// The nearest number to an encoded Float.
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(Float.self))
  }
  /// Encodes the value as a Float.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Float(self))
  }
}

extension BFloat16: CustomStringConvertible {
  /// The value as a Float is written.
  public var description: String { Float(self).description }
}
