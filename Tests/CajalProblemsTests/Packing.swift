import CZlib

/// The bytes as one member of a GZIP file, or as a ZLIB file.
func packed(_ bytes: [UInt8], asGZIP: Bool = true, level: Int32 = 6) -> [UInt8] {
  var stream = z_stream()
  let window = asGZIP ? MAX_WBITS + 16 : MAX_WBITS
  precondition(
    deflateInit2_(
      &stream, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size)) == Z_OK, "zlib starts")
  defer { deflateEnd(&stream) }
  var input = bytes
  let bound = Int(deflateBound(&stream, UInt(bytes.count)))
  return [UInt8](unsafeUninitializedCapacity: bound) { buffer, filled in
    input.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = buffer.baseAddress
      stream.avail_out = UInt32(bound)
      precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END, "the bound is enough")
    }
    filled = bound - Int(stream.avail_out)
  }
}
