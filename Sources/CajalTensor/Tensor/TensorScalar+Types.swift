extension Float: TensorFloatingPoint {
  /// `F32`
  public static var scalarType: ScalarType { .float32 }
  /// Rounds to nearest.
  public init(converting value: Double) { self = Float(value) }
  /// Rounds to nearest.
  public init(converting value: Int64) { self = Float(value) }
  /// The value, exactly.
  public var asDouble: Double { Double(self) }
}

extension Double: TensorFloatingPoint {
  /// `F64`
  public static var scalarType: ScalarType { .float64 }
  /// The value itself.
  public init(converting value: Double) { self = value }
  /// Rounds to nearest.
  public init(converting value: Int64) { self = Double(value) }
  /// The value itself.
  public var asDouble: Double { self }
}

extension Float16: TensorFloatingPoint {
  /// `F16`
  public static var scalarType: ScalarType { .float16 }
  /// Rounds to nearest.
  public init(converting value: Double) { self = Float16(value) }
  /// Rounds to nearest; infinite beyond ±65504.
  public init(converting value: Int64) { self = Float16(value) }
  /// The value, exactly.
  public var asDouble: Double { Double(self) }
}

extension Int32: TensorNumeric {
  /// `I32`
  public static var scalarType: ScalarType { .int32 }
  /// Truncates toward zero and saturates; NaN is 0.
  public init(converting value: Double) { self = Int32(clamping: Int64(converting: value)) }
  /// Saturates.
  public init(converting value: Int64) { self = Int32(clamping: value) }
  /// The value, exactly.
  public var asDouble: Double { Double(self) }
  /// The value, exactly.
  public var asInt64: Int64 { Int64(self) }
}

extension Int64: TensorNumeric {
  /// `I64`
  public static var scalarType: ScalarType { .int64 }
  /// Truncates toward zero and saturates; NaN is 0.
  public init(converting value: Double) {
    if value.isNaN {
      self = 0
    } else if value >= 0x1p63 {
      self = .max
    } else {
      self = value <= -0x1p63 ? .min : Int64(value)
    }
  }
  /// The value itself.
  public init(converting value: Int64) { self = value }
  /// The nearest Double: the value, exactly, up to ±2⁵³.
  public var asDouble: Double { Double(self) }
  /// The value itself.
  public var asInt64: Int64 { self }
}

extension UInt8: TensorNumeric {
  /// `U8`
  public static var scalarType: ScalarType { .uint8 }
  /// Truncates toward zero and saturates; NaN is 0.
  public init(converting value: Double) { self = UInt8(clamping: Int64(converting: value)) }
  /// Saturates.
  public init(converting value: Int64) { self = UInt8(clamping: value) }
  /// The value, exactly.
  public var asDouble: Double { Double(self) }
  /// The value, exactly.
  public var asInt64: Int64 { Int64(self) }
}

extension Bool: TensorScalar {
  /// `BOOL`
  public static var scalarType: ScalarType { .bool }
  /// Whether the value is not 0; so NaN is true.
  public init(converting value: Double) { self = value != 0 }
  /// Whether the value is not 0.
  public init(converting value: Int64) { self = value != 0 }
  /// 1 for true, 0 for false.
  public var asDouble: Double { self ? 1 : 0 }
  /// 1 for true, 0 for false.
  public var asInt64: Int64 { self ? 1 : 0 }
}
