/// The type of a tensor's elements, under its name in safetensors files.
public enum ScalarType: String, Sendable, CaseIterable, Codable {
  /// `Float`
  case float32 = "F32"
  /// `Double`
  case float64 = "F64"
  /// `Float16`
  case float16 = "F16"
  /// ``BFloat16``
  case bfloat16 = "BF16"
  /// `Int32`
  case int32 = "I32"
  /// `Int64`
  case int64 = "I64"
  /// `UInt8`
  case uint8 = "U8"
  /// `Bool`, a byte that is 0 or 1
  case bool = "BOOL"

  /// The bytes of an element.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16: 2
    case .uint8, .bool: 1
    }
  }

  /// Whether the values are whole numbers, which are computed with as Int64.
  var isInteger: Bool {
    switch self {
    case .int32, .int64, .uint8, .bool: true
    case .float32, .float64, .float16, .bfloat16: false
    }
  }
}
