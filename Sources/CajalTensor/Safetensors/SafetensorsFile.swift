import CajalSupport
import Foundation

#if _endian(big)
  #error("safetensors files are little-endian and their bytes are used as they are")
#endif

/// An open safetensors file: its header is read and checked at once, its tensors when they are
/// asked for.
///
/// The format (huggingface.co/docs/safetensors): eight bytes with the length of a JSON header, the
/// header, then the tensors' little-endian elements one after the other. The types of
/// ``ScalarType`` can be read; tensors of other types are listed.
///
/// The file stays open until deinit, so that one that is replaced under the same name is read as it
/// was. May be used from several threads.
public final class SafetensorsFile: Sendable {
  /// The file's name as it was given.
  public let path: String
  /// The free-form texts of the header.
  public let metadata: [String: String]
  private let entries: [String: SafetensorsHeader.Entry]
  let file: RandomAccessFile
  let dataStart: Int

  /// Opens a file and reads its header.
  ///
  /// - Throws: ``SafetensorsError`` when the file cannot be read, is truncated or is not a
  ///   safetensors file.
  public init(contentsOf path: String) throws {
    let (file, header, dataStart) = try SafetensorsError.wrapping {
      let file = try RandomAccessFile(path)
      let (header, dataStart) = try file.readSafetensorsHeader()
      return (file, header, dataStart)
    }
    if let fault = header.fault(dataByteCount: file.count - dataStart) {
      throw SafetensorsError(path, fault)
    }
    self.path = path
    self.file = file
    self.dataStart = dataStart
    metadata = header.metadata
    entries = header.entries
  }
}

extension RandomAccessFile {
  /// The header and where the bytes after it start.
  fileprivate func readSafetensorsHeader() throws -> (SafetensorsHeader, dataStart: Int) {
    guard count >= 8 else {
      throw SafetensorsError(path, "it is not a safetensors file (it has only \(count) bytes)")
    }
    var announced: UInt64 = 0
    try unsafe withUnsafeMutableBytes(of: &announced) { try unsafe read(into: $0, at: 0) }
    guard announced >= 2, announced <= SafetensorsHeader.byteLimit else {
      throw SafetensorsError(
        path, "it is not a safetensors file (it announces a header of \(announced) bytes)")
    }
    let length = Int(announced)
    guard length <= count - 8 else {
      throw SafetensorsError(
        path, "it is truncated or not a safetensors file (its header is cut short)")
    }
    var json = Data(count: length)
    try unsafe json.withUnsafeMutableBytes { try unsafe read(into: $0, at: 8) }
    guard let header = try? JSONDecoder().decode(SafetensorsHeader.self, from: json) else {
      throw SafetensorsError(
        path, "it is not a safetensors file (its header is not the JSON that it should be)")
    }
    return (header, 8 + length)
  }
}

extension SafetensorsFile {
  /// The names of all tensors, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// Whether there is a tensor of that name.
  public func contains(_ name: String) -> Bool { entries[name] != nil }

  /// The shape of a tensor, of whatever type.
  ///
  /// - Throws: ``SafetensorsError`` when there is none of that name.
  public func shape(of name: String) throws -> Shape { Shape(try entry(name).dimensions) }

  /// The type of a tensor in the format's spelling, such as `F32`.
  ///
  /// - Throws: ``SafetensorsError`` when there is none of that name.
  public func typeName(of name: String) throws -> String { try entry(name).typeName }

  /// Reads a tensor, which must have exactly the type asked for; ``Tensor/cast(to:)`` converts it.
  ///
  /// - Throws: ``SafetensorsError`` when there is none of that name (the error gives the nearest
  ///   spelling), when it has another type or when the file cannot be read any more;
  ///   ``AllocationError`` when the device has no memory for it.
  public func tensor<Scalar: TensorScalar>(
    _ name: String, as type: Scalar.Type = Scalar.self, on device: Device = .cpu
  ) throws -> Tensor<Scalar> {
    let entry = try entry(name)
    guard entry.typeName == Scalar.typeName else {
      throw SafetensorsError(
        path, "tensor '\(name)' is of type \(entry.typeName), not \(Scalar.typeName)")
    }
    let tensor = try Tensor<Scalar>(allocating: Shape(entry.dimensions), on: device)
    let byteCount = entry.offsets[1] - entry.offsets[0]
    // In pieces, because a device's memory need not be the host's.
    let piece = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(byteCount, 1 << 20), alignment: 64)
    defer { unsafe piece.deallocate() }
    var done = 0
    while done < byteCount {
      let part = unsafe UnsafeMutableRawBufferPointer(
        rebasing: piece[..<min(piece.count, byteCount - done)])
      try SafetensorsError.wrapping {
        try unsafe file.read(into: part, at: dataStart + entry.offsets[0] + done)
      }
      guard unsafe Scalar.scalarType != .bool || part.allSatisfy({ $0 <= 1 }) else {
        throw SafetensorsError(path, "tensor '\(name)' has a byte of BOOL that is neither 0 nor 1")
      }
      unsafe tensor.upload(UnsafeRawBufferPointer(part), toBytesFrom: done)
      done += part.count
    }
    return tensor
  }

  /// Reads all the tensors' bytes and computes their CRC-32C, the same number as
  /// ``Safetensors/checksum(of:)`` gives for what was written.
  ///
  /// - Throws: ``SafetensorsError`` when the file cannot be read any more.
  public func checksum() throws -> UInt32 { try checksum(continuing: 0) }

  /// The checksum of the tensors' bytes after others, whose checksum is `earlier`.
  func checksum(continuing earlier: UInt32) throws -> UInt32 {
    try SafetensorsError.wrapping { try file.checksum(from: dataStart, continuing: earlier) }
  }

  private func entry(_ name: String) throws -> SafetensorsHeader.Entry {
    if let entry = entries[name] { return entry }
    let hint = Spelling.nearest(to: name, in: names)
    throw SafetensorsError(
      path, "it has no tensor '\(name)'" + (hint.map { "; the nearest is '\($0)'" } ?? ""))
  }
}
