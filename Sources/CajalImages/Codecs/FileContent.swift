package import CajalFiles

/// What the first bytes of a file show, whatever it is called.
package enum FileContent: Sendable, Hashable {
  /// A PNG or JPEG picture.
  case picture
  /// A file of another known format, such as "a TIFF image".
  case otherFormat(String)
  /// Anything else.
  case unknown

  /// How many bytes tell the formats from each other.
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

  /// Whether a file's name says that it is a PNG or JPEG picture, by its extension in either case.
  package static func namesPicture(_ name: String) -> Bool {
    guard let dot = name.lastIndex(of: ".") else { return false }
    let known = ["png", "jpg", "jpeg", "jpe", "jfif"]
    return known.contains(name[name.index(after: dot)...].lowercased())
  }
}
