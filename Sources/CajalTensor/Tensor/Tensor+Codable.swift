import Foundation

/// A tensor is coded as an object of three: `type`, the elements' type under its name in
/// safetensors files; `shape`, a list of extents; and `data`, the elements' little-endian bytes in
/// row-major order, which JSON writes in base64. Every bit survives, NaN included. The device is
/// not coded.
extension Tensor: Codable {
  private enum CodingKeys: String, CodingKey {
    case type, shape, data
  }

  /// Decodes a tensor on the processor.
  ///
  /// - Throws: `DecodingError` when the type is another or the bytes are not those of such a
  /// tensor.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let type = try container.decode(ScalarType.self, forKey: .type)
    guard type == Scalar.scalarType else {
      throw DecodingError.dataCorruptedError(
        forKey: .type, in: container,
        debugDescription: "the tensor is of type \(type.rawValue), not \(Scalar.typeName)")
    }
    let shape = try container.decode(Shape.self, forKey: .shape)
    let data = try container.decode(Data.self, forKey: .data)
    let (byteCount, overflow) = shape.count.multipliedReportingOverflow(by: type.byteCount)
    guard !overflow, data.count == byteCount else {
      throw DecodingError.dataCorruptedError(
        forKey: .data, in: container,
        debugDescription: "\(data.count) bytes are no tensor of \(type.rawValue) and \(shape)")
    }
    guard type != .bool || data.allSatisfy({ $0 <= 1 }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .data, in: container, debugDescription: "a byte of BOOL is neither 0 nor 1")
    }
    self.init(uninitialized: shape)
    unsafe data.withUnsafeBytes { unsafe upload($0, toBytesFrom: 0) }
  }

  /// Encodes the type, the shape and the elements.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Scalar.scalarType, forKey: .type)
    try container.encode(shape, forKey: .shape)
    var data = Data(count: count * Scalar.scalarType.byteCount)
    if count > 0 { unsafe data.withUnsafeMutableBytes { unsafe download(bytesFrom: 0, to: $0) } }
    try container.encode(data, forKey: .data)
  }
}
