import CajalSupport

/// A picture of 8-bit values, gray or red, green and blue.
public struct Image: Sendable, Hashable {
  /// The number of columns, at least 1.
  public let width: Int
  /// The number of rows, at least 1.
  public let height: Int
  /// 1 (gray) or 3 (red, green, blue).
  public let channels: Int
  /// The values in row-major order, `[height, width, channels]`.
  public private(set) var pixels: [UInt8]

  /// A picture of given values.
  ///
  /// Traps unless the sides are positive, `channels` is 1 or 3, and `pixels` has
  /// `width * height * channels` values.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    require(width > 0 && height > 0, "An image has at least one row and one column.")
    require(channels == 1 || channels == 3, "An image has 1 or 3 channels.")
    require(
      pixels.count == width * height * channels,
      "An image has width * height * channels values.")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// A picture with the same value everywhere.
  ///
  /// Traps unless the sides are positive and `channels` is 1 or 3.
  public init(width: Int, height: Int, channels: Int, filledWith value: UInt8 = 0) {
    require(width > 0 && height > 0, "An image has at least one row and one column.")
    self.init(
      width: width, height: height, channels: channels,
      pixels: [UInt8](repeating: value, count: width * height * channels))
  }

  /// The value of one channel of the pixel in column `x` and row `y`, both from 0 at the top left.
  public subscript(x: Int, y: Int, channel: Int = 0) -> UInt8 {
    get { pixels[offset(x, y, channel)] }
    set { pixels[offset(x, y, channel)] = newValue }
  }

  private func offset(_ x: Int, _ y: Int, _ channel: Int) -> Int {
    require(
      x >= 0 && x < width && y >= 0 && y < height && channel >= 0 && channel < channels,
      "The pixel lies outside the image.")
    return (y * width + x) * channels + channel
  }

  /// Calls a closure with the values, to be changed in place.
  mutating func withMutablePixels<Result>(
    _ body: (UnsafeMutableBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    try pixels.withUnsafeMutableBufferPointer { try body($0) }
  }
}

extension Image: CustomStringConvertible {
  /// The size in words, such as `32 × 32 × 3 image`.
  public var description: String { "\(width) × \(height) × \(channels) image" }
}

extension Image: CustomReflectable {
  /// The size, without the values.
  public var customMirror: Mirror {
    Mirror(self, children: ["width": width, "height": height, "channels": channels])
  }
}
