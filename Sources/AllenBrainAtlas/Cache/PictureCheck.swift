import CajalSupport
import CajalImages

/// Validates pictures by decoding them row by row. An actor, to decode one at a time.
actor PictureCheck {
  nonisolated let limits: ImageLimits

  init(limits: ImageLimits) { self.limits = limits }

  /// The facts of a JPEG file.
  ///
  /// - Throws: `TransferFailure` where the file is no whole JPEG, `AtlasError` where it is over the
  ///   limits, `FileError` where it cannot be read.
  func facts(of path: String, url: String) throws -> PictureFacts {
    let file = try RandomAccessFile(path)
    guard file.count >= 4, try file.read(0..<2) == [0xFF, 0xD8] else {
      throw TransferFailure.broken(reason: "what the server sends is no JPEG")
    }
    guard try file.read((file.count - 2)..<file.count) == [0xFF, 0xD9] else {
      throw TransferFailure.broken(reason: "the JPEG ends too early")
    }
    let size = try size(of: path, url: url)
    return PictureFacts(
      byteCount: file.count, checksum: try file.checksum(), width: size.width,
      height: size.height)
  }

  /// Decodes a whole JPEG and returns its columns and rows.
  private func size(of path: String, url: String) throws -> (width: Int, height: Int) {
    do throws(ImageError) {
      var reader = try ImageReader(contentsOf: path, limits: limits)
      try reader.skipRows(reader.height)
      return (reader.width, reader.height)
    } catch {
      if error.kind == .tooLarge { throw AtlasError.tooLarge(url: url, reason: error.reason) }
      throw TransferFailure.broken(reason: error.reason)
    }
  }
}
