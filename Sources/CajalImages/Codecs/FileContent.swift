package import CajalSupport

/// The content of a file, detected by its first bytes, whatever its name.
package enum FileContent: Sendable, Hashable {
  /// A PNG or JPEG picture.
  case picture
  /// A file of another known format, such as "a TIFF image".
  case otherFormat(String)
  /// Anything else.
  case unknown

  /// The number of bytes needed to detect the format.
  private static let headerSize = 132

  /// Reads the first bytes of a regular file.
  package init(ofFile path: String) throws(FileError) {
    let file = try RandomAccessFile(path)
    let bytes = try file.read(0..<min(file.count, Self.headerSize))
    self = bytes.withUnsafeBufferPointer { bytes in
      if ImageFormat(magicOf: bytes) != nil { return .picture }
      return ImageFormat.nameOfUnsupportedFormat(bytes).map { .otherFormat($0) } ?? .unknown
    }
  }

  /// Whether a file name has a PNG or JPEG extension, ignoring case.
  package static func namesPicture(_ name: String) -> Bool {
    guard let dot = name.lastIndex(of: ".") else { return false }
    let known = ["png", "jpg", "jpeg", "jpe", "jfif"]
    return known.contains(name[name.index(after: dot)...].lowercased())
  }
}
