package import CajalSupport

/// The content of a file, detected by its first bytes, whatever its name.
package enum FileContent: Sendable, Hashable {
  /// A PNG, JPEG or TIFF picture, or a file with the name of a slide scanner's.
  case picture
  /// A file of another known format, such as "a GIF image".
  case otherFormat(String)
  /// Anything else.
  case unknown

  /// The number of bytes needed to detect the format.
  private static let headerSize = 132

  /// Reads the first bytes of a regular file.
  package init(ofFile path: String) throws(FileError) {
    let file = try RandomAccessFile(path)
    guard !ImageFormat.namesSlide(path) else {
      self = .picture
      return
    }
    let bytes = try file.read(0..<min(file.count, Self.headerSize))
    self = bytes.withUnsafeBufferPointer { bytes in
      if ImageFormat(magicOf: bytes) != nil { return .picture }
      return ImageFormat.nameOfUnsupportedFormat(bytes).map { .otherFormat($0) } ?? .unknown
    }
  }

  /// Whether a file name has the extension of a picture, ignoring case.
  package static func namesPicture(_ name: String) -> Bool {
    guard let dot = name.lastIndex(of: ".") else { return false }
    let known = ["png", "jpg", "jpeg", "jpe", "jfif", "tif", "tiff"]
    return ImageFormat.namesSlide(name)
      || known.contains(name[name.index(after: dot)...].lowercased())
  }
}
