import CajalFiles
import CajalImages

/// What is known of a whole picture.
struct PictureFacts: Sendable, Hashable {
  var byteCount: Int
  var checksum: UInt32
  var width: Int
  var height: Int
}

/// Decodes pictures to see whether they are whole. An actor, so that one is in memory at a time.
actor PictureCheck {
  nonisolated let limits: ImageLimits

  init(limits: ImageLimits) { self.limits = limits }

  /// The facts of a JPEG file.
  ///
  /// - Throws: `TransferFailure` where the file is no whole JPEG, `AtlasError` where it is over the
  ///   limits, `FileError` where it cannot be read.
  func facts(of path: String, url: String) throws -> PictureFacts {
    let bytes = try Files.read(path)
    guard bytes.starts(with: [0xFF, 0xD8]) else {
      throw TransferFailure.broken(reason: "what the server sends is no JPEG")
    }
    guard bytes.suffix(2).elementsEqual([0xFF, 0xD9]) else {
      throw TransferFailure.broken(reason: "the JPEG ends too early")
    }
    let size = try size(of: bytes, url: url)
    return PictureFacts(
      byteCount: bytes.count, checksum: CRC32C.checksum(bytes), width: size.width,
      height: size.height)
  }

  /// The columns and rows of a JPEG, all of which is decoded.
  private func size(of bytes: [UInt8], url: String) throws -> (width: Int, height: Int) {
    do throws(ImageError) {
      let image = try Image(decoding: bytes, limits: limits)
      return (image.width, image.height)
    } catch {
      if error.kind == .tooLarge { throw AtlasError.tooLarge(url: url, reason: error.reason) }
      throw TransferFailure.broken(reason: error.reason)
    }
  }
}
