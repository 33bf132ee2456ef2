import CZlib

/// The content of a GZIP or ZLIB file, unpacked piece by piece from beginning to end.
///
/// Memory holds a piece of the file and what is asked for, however much the file unpacks to. A GZIP
/// file may have several members, as from `cat a.gz b.gz`.
package final class InflatingReader {
  /// Why the content cannot be unpacked, in words that follow "its GZIP data ".
  package struct Failure: Error {
    package let reason: String
  }

  private static let windowSize = 1 << 18
  /// Both formats, told by their first bytes, with the largest window.
  private static let formats = MAX_WBITS + 32

  private let file: RandomAccessFile
  /// The most bytes to unpack.
  private let limit: Int
  /// zlib keeps its address.
  private let stream: UnsafeMutablePointer<z_stream>
  /// A piece of the file, of which bytes from `next` on are not unpacked yet.
  private var window: [UInt8] = []
  private var next = 0
  private var fileOffset = 0
  private var hasEnded = false
  private var failure: (any Error)?
  /// How many bytes have been unpacked.
  package private(set) var offset = 0

  /// - Parameter limit: The most bytes to unpack; a file with more of them throws there.
  package init(_ file: RandomAccessFile, limit: Int) throws(Failure) {
    self.file = file
    self.limit = limit
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let code = inflateInit2_(
      stream, Self.formats, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      throw Failure(reason: "cannot be unpacked: zlib did not start (\(code))")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// The next bytes: as many as asked for, fewer before damage and at the end, where there are
  /// none.
  ///
  /// - Throws: ``Failure`` for damage that comes next, `FileError` when the file cannot be read.
  package func read(_ count: Int) throws -> [UInt8] {
    if let failure { throw failure }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do {
        try unpack(into: buffer, &filled)
      } catch {
        failure = error
      }
    }
    offset += bytes.count
    if offset > limit {
      failure = Failure(reason: "unpack to more than \(limit) bytes; unpack the file yourself")
    }
    if let failure, bytes.isEmpty { throw failure }
    return bytes
  }

  private func unpack(
    into buffer: UnsafeMutableBufferPointer<UInt8>, _ filled: inout Int
  ) throws {
    while filled < buffer.count && !hasEnded {
      try fillWindow()
      let code = window.withUnsafeMutableBufferPointer { input in
        stream.pointee.next_in = input.baseAddress.map { $0 + next }
        stream.pointee.avail_in = UInt32(input.count - next)
        stream.pointee.next_out = buffer.baseAddress.map { $0 + filled }
        stream.pointee.avail_out = UInt32(clamping: buffer.count - filled)
        let (input, output) = (stream.pointee.avail_in, stream.pointee.avail_out)
        let code = inflate(stream, Z_NO_FLUSH)
        next += Int(input - stream.pointee.avail_in)
        filled += Int(output - stream.pointee.avail_out)
        return code
      }
      switch code {
      case Z_OK: continue
      case Z_STREAM_END: try endMember()
      case Z_BUF_ERROR where next == window.count && fileOffset == file.count:
        throw Failure(reason: "end in the middle; the file is cut off")
      case Z_BUF_ERROR: continue
      case Z_MEM_ERROR: throw Failure(reason: "cannot be unpacked: there is no memory")
      default:
        let text = stream.pointee.msg.map { String(cString: $0) } ?? "error \(code)"
        throw Failure(reason: "are damaged: \(text)")
      }
    }
  }

  /// Reads the next piece of the file where all of the last one is unpacked.
  private func fillWindow() throws(FileError) {
    guard next == window.count, fileOffset < file.count else { return }
    let end = min(file.count, fileOffset + Self.windowSize)
    window = try file.read(fileOffset..<end)
    fileOffset = end
    next = 0
  }

  /// Begins the next member of the file, or ends; zeros at the end are padding.
  private func endMember() throws {
    try fillWindow()
    guard next < window.count else { return hasEnded = true }
    if window[next] == 0x1F {
      guard inflateReset(stream) == Z_OK else { throw Failure(reason: "cannot be unpacked") }
      return
    }
    while next < window.count {
      guard window[next...].allSatisfy({ $0 == 0 }) else {
        throw Failure(reason: "are followed by other bytes")
      }
      next = window.count
      try fillWindow()
    }
    hasEnded = true
  }
}
