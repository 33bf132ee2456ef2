import CCajalImageCodecs

/// A compressed format that is read and written, with the functions that do so.
enum ImageFormat {
  case png
  case jpeg

  var name: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    }
  }

  /// The format that a file's name asks for, by its extension in either case.
  init?(pathExtensionOf path: String) {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
    switch name[name.index(after: dot)...].lowercased() {
    case "png": self = .png
    case "jpg", "jpeg": self = .jpeg
    default: return nil
    }
  }

  /// The format that the first bytes show.
  init?(magicOf bytes: [UInt8]) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else {
      return nil
    }
  }

  /// The name of a format that is not supported but often met, by its first bytes.
  static func nameOfUnsupportedFormat(_ bytes: [UInt8]) -> String? {
    let magics: [(name: String, offset: Int, magic: String)] = [
      ("a TIFF image", 0, "II*\0"), ("a TIFF image", 0, "MM\0*"), ("a BigTIFF image", 0, "II+\0"),
      ("a GIF image", 0, "GIF8"), ("a BMP image", 0, "BM"), ("a WebP image", 8, "WEBP"),
      ("a JPEG 2000 image", 4, "jP  "), ("a HEIF or AVIF image", 4, "ftyp"),
      ("a PDF document", 0, "%PDF"), ("a DICOM file", 128, "DICM"), ("a ZIP archive", 0, "PK"),
    ]
    return magics.first { bytes.dropFirst($0.offset).starts(with: $0.magic.utf8) }?.name
  }

  func readHeader(
    _ bytes: UnsafeBufferPointer<UInt8>, into header: inout cajal_image_header,
    message: inout cajal_codec_message
  ) -> Bool {
    switch self {
    case .png: cajal_png_read_header(bytes.baseAddress, bytes.count, &header, &message)
    case .jpeg: cajal_jpeg_read_header(bytes.baseAddress, bytes.count, &header, &message)
    }
  }

  func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, header: inout cajal_image_header, memoryLimit: Int,
    into pixels: UnsafeMutablePointer<UInt8>?, message: inout cajal_codec_message
  ) -> Bool {
    switch self {
    case .png:
      cajal_png_decode(bytes.baseAddress, bytes.count, &header, pixels, &message)
    case .jpeg:
      cajal_jpeg_decode(
        bytes.baseAddress, bytes.count, &header, memoryLimit, pixels, &message)
    }
  }
}

extension cajal_codec_message {
  /// The message as a Swift string.
  var string: String {
    withUnsafeBytes(of: text) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
