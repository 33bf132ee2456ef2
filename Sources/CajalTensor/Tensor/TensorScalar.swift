/// A number that tensors hold: `Float`, `Double`, `Int32` or `UInt8`.
///
/// `Float` is the type that models compute in and that every backend accelerates. `Double` has BLAS
/// and LAPACK and plain loops otherwise. `Int32` holds indices, `UInt8` pixels.
public protocol TensorScalar: Sendable, Hashable, Comparable, Numeric, Codable {
  /// The type, for what is not generic.
  static var scalarType: ScalarType { get }
  /// The nearest value that the type has; conversions to integers truncate and saturate.
  init(converting value: Double)
  /// The value as a Double, exactly.
  var asDouble: Double { get }
}

extension TensorScalar {
  /// The name of the type in safetensors files: `F32`, `F64`, `I32` or `U8`.
  public static var typeName: String { scalarType.rawValue }
}

extension Float: TensorScalar {
  /// `F32`
  public static var scalarType: ScalarType { .float32 }
  /// Rounds to nearest.
  public init(converting value: Double) { self = Float(value) }
  /// The value, exactly.
  public var asDouble: Double { Double(self) }
}

extension Double: TensorScalar {
  /// `F64`
  public static var scalarType: ScalarType { .float64 }
  /// The value itself.
  public init(converting value: Double) { self = value }
  /// The value itself.
  public var asDouble: Double { self }
}

extension Int32: TensorScalar {
  /// `I32`
  public static var scalarType: ScalarType { .int32 }
  /// Truncates toward zero and saturates; NaN is 0.
  public init(converting value: Double) {
    self = value.isNaN ? 0 : Int32(Swift.max(-2_147_483_648, Swift.min(2_147_483_647, value)))
  }
  /// The value, exactly.
  public var asDouble: Double { Double(self) }
}

extension UInt8: TensorScalar {
  /// `U8`
  public static var scalarType: ScalarType { .uint8 }
  /// Truncates toward zero and saturates; NaN is 0.
  public init(converting value: Double) {
    self = value.isNaN ? 0 : UInt8(Swift.max(0, Swift.min(255, value)))
  }
  /// The value, exactly.
  public var asDouble: Double { Double(self) }
}
