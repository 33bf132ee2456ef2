/// The type of a tensor's elements, under its name in safetensors files.
public enum ScalarType: String, Sendable {
  /// `Float`
  case float32 = "F32"
  /// `Double`
  case float64 = "F64"
  /// `Int32`
  case int32 = "I32"
  /// `UInt8`
  case uint8 = "U8"

  /// The bytes of an element.
  public var byteCount: Int {
    switch self {
    case .float32, .int32: 4
    case .float64: 8
    case .uint8: 1
    }
  }
}
