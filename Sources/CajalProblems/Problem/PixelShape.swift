import CajalSupport

/// The size of a picture: rows, columns and values per pixel.
public struct PixelShape: Sendable, Hashable, Codable {
  /// The number of rows.
  public let height: Int
  /// The number of columns.
  public let width: Int
  /// The number of values per pixel: 1 for gray, 3 for red, green and blue.
  public let channels: Int

  /// A picture of the given size, every number positive.
  public init(height: Int, width: Int, channels: Int = 3) {
    require(
      height > 0 && width > 0 && channels > 0,
      "a picture of \(height) rows, \(width) columns and \(channels) channels holds nothing")
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// A square picture of `size` rows and columns.
  public init(square size: Int, channels: Int = 3) {
    self.init(height: size, width: size, channels: channels)
  }

  /// The number of values: height · width · channels.
  public var count: Int { height * width * channels }
}

extension PixelShape: CustomStringConvertible {
  /// The size in words: `32 x 32 x 3` (rows, columns, channels).
  public var description: String { "\(height) x \(width) x \(channels)" }
}
