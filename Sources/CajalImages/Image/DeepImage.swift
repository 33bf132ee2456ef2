import CajalSupport

/// A picture at the depth of its file, 8 or 16 bits, for measurements.
///
/// Models, filters and drawings work on `Image`, whose values have 8 bits.
public struct DeepImage: Sendable, Hashable {
  /// The number of columns, at least 1.
  public let width: Int
  /// The number of rows, at least 1.
  public let height: Int
  /// 1 (gray) or 3 (red, green, blue).
  public let channels: Int
  /// 8 or 16.
  public let bitDepth: Int
  /// The values in row-major order, `[height, width, channels]`, of 0 to `maximum`.
  public let values: [UInt16]

  /// The largest value that the depth allows: 255 or 65535.
  public var maximum: Int { 1 << bitDepth - 1 }

  /// A picture of given values.
  ///
  /// Traps unless the sides are positive, `channels` is 1 or 3, `bitDepth` is 8 or 16, and `values`
  /// has `width * height * channels` values of that depth.
  public init(width: Int, height: Int, channels: Int, bitDepth: Int, values: [UInt16]) {
    require(width > 0 && height > 0, "An image has at least one row and one column.")
    require(channels == 1 || channels == 3, "An image has 1 or 3 channels.")
    require(bitDepth == 8 || bitDepth == 16, "An image has 8 or 16 bits a value.")
    require(
      values.count == width * height * channels,
      "An image has width * height * channels values.")
    require(
      bitDepth == 16 || values.allSatisfy { $0 <= 255 }, "Values of 8 bits are at most 255.")
    (self.width, self.height, self.channels) = (width, height, channels)
    self.bitDepth = bitDepth
    self.values = values
  }

  /// A picture of 8 bits.
  public init(_ image: Image) {
    self.init(
      width: image.width, height: image.height, channels: image.channels, bitDepth: 8,
      values: image.pixels.map(UInt16.init))
  }

  /// Reads a file as `Image(contentsOf:limits:)` does, except that 16-bit values stay
  /// as they are.
  ///
  /// Traps unless the white level, if there is one, is in 1...65535.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limits: the limits that the header is checked against.
  ///   - whiteLevel: the 16-bit value of white, over which transparent pixels are composited; `nil`
  ///     is 65535.
  /// - Throws: `ImageError`.
  public init(
    contentsOf path: String, limits: ImageLimits = .default, whiteLevel: Int? = nil
  ) throws(ImageError) {
    try self.init(
      ImageReader(
        ByteSource(contentsOf: path, limits: limits), name: path, path: path,
        ReadingOptions(limits: limits, whiteLevel: whiteLevel, keepsBits: true, use: .whole)))
  }

  /// Decodes the bytes of a file, as `init(contentsOf:limits:whiteLevel:)` does.
  ///
  /// - Parameters:
  ///   - bytes: the bytes of the file.
  ///   - name: the name of the picture in errors.
  ///   - limits: the limits that the header is checked against.
  ///   - whiteLevel: as in `init(contentsOf:limits:whiteLevel:)`.
  /// - Throws: `ImageError`.
  public init(
    decoding bytes: [UInt8], name: String = "image", limits: ImageLimits = .default,
    whiteLevel: Int? = nil
  ) throws(ImageError) {
    try self.init(
      ImageReader(
        ByteSource(copying: bytes, name: name), name: name,
        ReadingOptions(limits: limits, whiteLevel: whiteLevel, keepsBits: true, use: .whole)))
  }

  private init(_ reader: consuming ImageReader) throws(ImageError) {
    var reader = reader
    let values = try reader.deepValues()
    self.init(
      width: reader.width, height: reader.height, channels: reader.channels,
      bitDepth: reader.bitDepth, values: values)
  }
}

extension DeepImage {
  /// The range used by a 16-bit picture; `nil` for 8 bits.
  public var usedRange: UsedRange? {
    bitDepth == 16 ? UsedRange(largestValue: Int(values.max() ?? 0)) : nil
  }

  /// The picture in color: gray values are repeated.
  public func inColor() -> DeepImage {
    channels == 3 ? self : replacing(channels: 3, values: values.flatMap { [$0, $0, $0] })
  }

  /// The picture with 16 bits: a value of 8 bits from 0 to 255 becomes one from 0 to `whiteLevel`,
  /// with rounding; values of 16 bits stay as they are.
  ///
  /// Traps unless the white level is in 1...65535.
  public func widened(whiteLevel: Int = 65535) -> DeepImage {
    require((1...65535).contains(whiteLevel), "A white level is in 1...65535.")
    if bitDepth == 16 { return self }
    return replacing(
      bitDepth: 16, values: values.map { UInt16((Int($0) * whiteLevel + 127) / 255) })
  }

  /// The picture with 8 bits: a value of 16 bits from 0 to `whiteLevel` becomes one from 0 to 255,
  /// with rounding, and a larger one 255; values of 8 bits stay as they are.
  ///
  /// Traps unless the white level is in 1...65535.
  public func narrowed(whiteLevel: Int = 65535) -> Image {
    require((1...65535).contains(whiteLevel), "A white level is in 1...65535.")
    let pixels =
      bitDepth == 8
      ? values.map { UInt8($0) }
      : values.map { UInt8(min((Int($0) * 255 + whiteLevel / 2) / whiteLevel, 255)) }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }

  /// The picture at another size, rounded to its depth. Values of 8 bits are those of
  /// `Image.resized(width:height:filter:)`.
  ///
  /// Traps unless both sides are positive.
  public func resized(width: Int, height: Int, filter: ResizeFilter) -> DeepImage {
    guard bitDepth == 16 else {
      return DeepImage(narrowed().resized(width: width, height: height, filter: filter))
    }
    require(width > 0 && height > 0, "An image has at least one row and one column.")
    // As with 8 bits, values are clamped between columns and rows, as in Pillow.
    let top: Float = filter == .bicubicRepeatingEdges ? .infinity : 65535
    let bottom: Float = filter == .bicubicRepeatingEdges ? -.infinity : 0
    let resampled = Resampling(width: self.width, height: self.height, channels: channels)
      .resample(
        values.map { Float($0) }, toWidth: width, height: height, filter: filter,
        weight: { $0 }, widen: { Double($0) }, narrow: { min(max(Float($0), bottom), top) })
    return DeepImage(
      width: width, height: height, channels: channels, bitDepth: 16,
      values: resampled.map { UInt16(min(max($0.rounded(.toNearestOrEven), 0), 65535)) })
  }

  private func replacing(
    channels: Int? = nil, bitDepth: Int? = nil, values: [UInt16]
  ) -> DeepImage {
    DeepImage(
      width: width, height: height, channels: channels ?? self.channels,
      bitDepth: bitDepth ?? self.bitDepth, values: values)
  }
}
