import CZlib

/// A streaming decompressor of a GZIP or ZLIB file.
///
/// Memory use is one buffer plus the requested bytes, whatever the decompressed size. A GZIP file
/// may have several members, as from `cat a.gz b.gz`.
package final class InflatingReader {
  /// The reason why decompression failed, in words that follow "its GZIP data ".
  package struct Failure: Error {
    package let reason: String
  }

  private static let windowSize = 1 << 18
  /// Automatic header detection for both formats, with the largest window.
  private static let formats = MAX_WBITS + 32

  private let file: RandomAccessFile
  /// The maximum number of decompressed bytes.
  private let limit: Int
  /// zlib keeps the address.
  private let stream: UnsafeMutablePointer<z_stream>
  /// The input buffer; bytes from `next` on are not decompressed yet.
  private var window: [UInt8] = []
  private var next = 0
  private var fileOffset = 0
  private var hasEnded = false
  private var failure: (any Error)?
  /// The number of decompressed bytes.
  package private(set) var offset = 0

  /// - Parameter limit: The maximum number of decompressed bytes; a longer file throws at that
  ///   point.
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

  /// Reads the next bytes: as many as requested, fewer before damage or the end, and none at the
  /// end.
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

  /// Refills the input buffer if it is empty.
  private func fillWindow() throws(FileError) {
    guard next == window.count, fileOffset < file.count else { return }
    let end = min(file.count, fileOffset + Self.windowSize)
    window = try file.read(fileOffset..<end)
    fileOffset = end
    next = 0
  }

  /// Starts the next member of the file, or ends; trailing zeros are padding.
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
