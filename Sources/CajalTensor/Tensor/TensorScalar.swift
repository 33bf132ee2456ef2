/// What a tensor holds: `Float`, `Double`, `Float16`, ``BFloat16``, `Int32`, `Int64`, `UInt8` or
/// `Bool`.
///
/// `Float` is the type that models compute in and that every backend accelerates. `Double` has BLAS
/// and LAPACK and plain loops otherwise. `Float16` and ``BFloat16`` are storage: they are computed
/// with in Double, and each result is rounded once. `Int32` holds indices, `UInt8` pixels, `Bool`
/// the results of comparisons.
public protocol TensorScalar: Sendable, Hashable, Codable {
  /// The type, for what is not generic.
  static var scalarType: ScalarType { get }
  /// The nearest value that the type has; conversions to integers truncate and saturate.
  init(converting value: Double)
  /// The nearest value that the type has; conversions to integers saturate.
  init(converting value: Int64)
  /// The value as a Double: exactly, except for an Int64 beyond ±2⁵³.
  var asDouble: Double { get }
  /// The value as an Int64, truncated and saturated; NaN is 0.
  var asInt64: Int64 { get }
}

extension TensorScalar {
  /// The name of the type in safetensors files, such as `F32`.
  public static var typeName: String { scalarType.rawValue }

  /// The value as an Int64, truncated and saturated; NaN is 0.
  public var asInt64: Int64 { Int64(converting: asDouble) }
}
