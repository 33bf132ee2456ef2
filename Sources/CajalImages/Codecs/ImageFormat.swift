/// A supported compressed format.
enum ImageFormat {
  case png
  case jpeg
  /// TIFF and BigTIFF.
  case tiff
  /// A whole-slide file that OpenSlide reads.
  case slide

  var name: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    case .tiff: "TIFF"
    case .slide: "slide"
    }
  }

  /// The format by a file's extension, ignoring case.
  init?(pathExtensionOf path: String) {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
    switch name[name.index(after: dot)...].lowercased() {
    case "png": self = .png
    case "jpg", "jpeg": self = .jpeg
    case "tif", "tiff": self = .tiff
    default: return nil
    }
  }

  /// The format detected by the first bytes.
  init?(magicOf bytes: UnsafeBufferPointer<UInt8>) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if ["II*\0", "MM\0*", "II+\0", "MM\0+"].contains(where: {
      bytes.starts(with: $0.utf8)
    }) {
      self = .tiff
    } else {
      return nil
    }
  }

  /// The name of a common unsupported format, by its first bytes.
  static func nameOfUnsupportedFormat(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    let magics: [(name: String, offset: Int, magic: String)] = [
      ("a GIF image", 0, "GIF8"), ("a BMP image", 0, "BM"), ("a WebP image", 8, "WEBP"),
      ("a JPEG 2000 image", 4, "jP  "), ("a HEIF or AVIF image", 4, "ftyp"),
      ("a PDF document", 0, "%PDF"), ("a DICOM file", 128, "DICM"), ("a ZIP archive", 0, "PK"),
    ]
    return magics.first { bytes.dropFirst($0.offset).starts(with: $0.magic.utf8) }?.name
  }
}
