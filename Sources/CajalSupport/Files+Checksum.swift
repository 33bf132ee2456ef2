import CajalPlatform

extension Files {
  /// The checksum and the length of a regular file, which is read in pieces.
  package static func checksum(
    _ path: String
  ) throws(FileError) -> (checksum: UInt32, byteCount: Int) {
    let file = try openForReading(path)
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    var (checksum, count): (UInt32, Int) = (0, 0)
    while true {
      let got = try chunk.withUnsafeMutableBytes { chunk in
        transferred { systemRead(file.descriptor, chunk) }
      }.value(path: path, attempt: "read")
      guard got > 0 else { return (checksum, count) }
      checksum = CRC32C.checksum(
        got == chunk.count ? chunk : Array(chunk[..<got]), continuing: checksum)
      count += got
    }
  }
}

/// `read(2)`, shadowed inside `Files` by the method of that name.
private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, bytes.baseAddress, bytes.count)
}
