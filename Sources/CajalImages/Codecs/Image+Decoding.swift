import CCajalImageCodecs
import CajalFiles

extension Image {
  /// Reads a PNG or JPEG file, told apart by their first bytes.
  ///
  /// PNG of any colour type, bit depth and interlacing becomes 8-bit grey or RGB: palettes are
  /// looked up, 16-bit values scaled to 8 with rounding, and transparent pixels laid over white.
  /// Colour profiles, gamma and EXIF orientation are not applied.
  ///
  /// - Throws: `ImageError` where the file cannot be read, is empty, truncated or damaged, is over
  ///   the limits, or is of another format (CMYK JPEG counts as one).
  public init(contentsOf path: String, limits: ImageLimits = .default) throws(ImageError) {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try Files.read(path, limit: limits.maximumBytes)
    } catch {
      throw ImageError(.unreadable, name: path, reason: "cannot be read: \(error.reason)")
    }
    try self.init(decoding: bytes, name: path, limits: limits)
  }

  /// Decodes the bytes of a PNG or JPEG file, as `init(contentsOf:limits:)` does.
  ///
  /// - Parameter name: what errors call the picture.
  /// - Throws: `ImageError`.
  public init(
    decoding bytes: [UInt8], name: String = "image", limits: ImageLimits = .default
  ) throws(ImageError) {
    let format = try Self.format(of: bytes, name: name)
    var header = cajal_image_header()
    var message = cajal_codec_message()
    guard bytes.withUnsafeBufferPointer({ format.readHeader($0, into: &header, message: &message) })
    else { throw Self.damaged(format, name, message) }
    try Self.check(header, format: format, against: limits, name: name)

    let count = Int(header.width) * Int(header.height) * Int(header.channels)
    var decoded = false
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      // Left uninitialized, so that a small file that declares a huge picture costs nothing.
      decoded = bytes.withUnsafeBufferPointer {
        format.decode(
          $0, header: &header, memoryLimit: limits.maximumBytes, into: buffer.baseAddress,
          message: &message)
      }
      initializedCount = decoded ? count : 0
    }
    guard decoded else { throw Self.damaged(format, name, message) }
    self.init(
      width: Int(header.width), height: Int(header.height), channels: Int(header.channels),
      pixels: pixels)
  }

  private static func format(of bytes: [UInt8], name: String) throws(ImageError) -> ImageFormat {
    if let format = ImageFormat(magicOf: bytes) { return format }
    guard !bytes.isEmpty else {
      throw ImageError(.damaged, name: name, reason: "the file is empty")
    }
    let found = ImageFormat.nameOfUnsupportedFormat(bytes) ?? "no image of a known format"
    throw ImageError(
      .unsupported, name: name, reason: "it is \(found); convert it to PNG or JPEG")
  }

  private static func damaged(
    _ format: ImageFormat, _ name: String, _ message: cajal_codec_message
  ) -> ImageError {
    ImageError(
      .damaged, name: name, reason: "the \(format.name) data is damaged: \(message.string)")
  }

  private static func check(
    _ header: cajal_image_header, format: ImageFormat, against limits: ImageLimits, name: String
  ) throws(ImageError) {
    guard header.channels > 0 else {
      throw ImageError(
        .unsupported, name: name,
        reason: "its colours are neither grey nor RGB (CMYK, perhaps); convert it to RGB")
    }
    let (width, height) = (Int(header.width), Int(header.height))
    let bytes = width.multipliedReportingOverflow(by: height * Int(header.channels))
    guard max(width, height) <= limits.maximumSide, !bytes.overflow,
      width * height <= limits.maximumPixels, bytes.partialValue <= limits.maximumBytes
    else {
      throw ImageError(
        .tooLarge, name: name,
        reason: "\(width) × \(height) pixels are over the limits (\(limits.maximumSide) a side, "
          + "\(limits.maximumPixels) pixels, \(limits.maximumBytes) bytes); "
          + "raise the limits or cut it into parts")
    }
  }
}
