import CajalSupport
import Foundation

/// Writing safetensors files; ``SafetensorsFile`` reads them.
public enum Safetensors {
  /// A tensor of any type and its name in the file.
  @safe public struct Entry: Sendable {
    /// The name.
    public let name: String
    let header: @Sendable (_ start: Int) -> SafetensorsHeader.Entry
    let alignment: Int
    let byteCount: Int
    /// Copies bytes from `offset` on to the host.
    let download: @Sendable (_ offset: Int, _ host: UnsafeMutableRawBufferPointer) -> Void

    /// A tensor to be written as `name`.
    public init<Scalar: TensorScalar>(_ name: String, _ tensor: Tensor<Scalar>) {
      require(
        name != SafetensorsHeader.metadataKey, "a tensor cannot be called \(name) in safetensors")
      let byteCount = tensor.count * MemoryLayout<Scalar>.stride
      self.name = name
      self.byteCount = byteCount
      alignment = MemoryLayout<Scalar>.stride
      header = { start in
        SafetensorsHeader.Entry(
          typeName: Scalar.typeName, dimensions: tensor.shape.dimensions,
          offsets: [start, start + byteCount])
      }
      unsafe download = { offset, host in unsafe tensor.download(bytesFrom: offset, to: host) }
    }
  }

  /// Writes a file so that at `path` there is at any moment either what was there before or all of
  /// the new file.
  ///
  /// Equal entries and metadata give equal bytes: tensors are ordered by the size of their elements
  /// (so that all are aligned) and then by name.
  ///
  /// - Parameters:
  ///   - tensors: What to write, each under a name of its own.
  ///   - metadata: Free-form texts for the header.
  ///   - path: The file.
  /// - Throws: An error that names the file and the reason when it cannot be written.
  public static func write(
    _ tensors: [Entry], metadata: [String: String] = [:], to path: String
  ) throws {
    let ordered = inFileOrder(tensors)
    let prefix = try encodedHeader(of: ordered, metadata: metadata)
    try Files.writeAtomically(to: path) { writer in
      try writer.append(prefix)
      try unsafe forEachPiece(of: ordered) { piece in try unsafe writer.append(piece) }
    }
  }

  /// The CRC-32C (Castagnoli) of the tensors' bytes as ``write(_:metadata:to:)`` lays them out, for
  /// a caller that stores it in the metadata.
  public static func checksum(of tensors: [Entry]) -> UInt32 {
    var checksum: UInt32 = 0
    unsafe forEachPiece(of: inFileOrder(tensors)) { piece in
      checksum = unsafe CRC32C.checksum(UnsafeRawBufferPointer(piece), continuing: checksum)
    }
    return checksum
  }

  static func inFileOrder(_ tensors: [Entry]) -> [Entry] {
    tensors.sorted { ($1.alignment, $0.name) < ($0.alignment, $1.name) }
  }

  /// Hands the bytes of all tensors over in pieces, so that they are never all on the host.
  static func forEachPiece(
    of tensors: [Entry], _ body: (UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { unsafe piece.deallocate() }
    for entry in tensors {
      for start in stride(from: 0, to: entry.byteCount, by: piece.count) {
        let part = unsafe UnsafeMutableRawBufferPointer(
          rebasing: piece[..<min(piece.count, entry.byteCount - start)])
        unsafe entry.download(start, part)
        try unsafe body(UnsafeRawBufferPointer(part))
      }
    }
  }

  /// The length of the header and the header, padded with spaces to a multiple of 8 bytes.
  static func encodedHeader(
    of ordered: [Entry], metadata: [String: String]
  ) throws -> [UInt8] {
    var header = SafetensorsHeader(entries: [:], metadata: metadata)
    var end = 0
    for entry in ordered {
      let previous = header.entries.updateValue(entry.header(end), forKey: entry.name)
      require(previous == nil, "two tensors are called \(entry.name)")
      end += entry.byteCount
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = [UInt8](try encoder.encode(header))
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    return unsafe withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init) + json
  }
}
