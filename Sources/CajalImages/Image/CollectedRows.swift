/// Collects the rows of a picture in memory.
public struct CollectedRows: RowSink {
  /// The number of columns.
  public let width: Int
  /// The number of values per pixel.
  public let channels: Int
  private var pixels: [UInt8] = []

  /// No rows yet of a picture of so many columns.
  public init(width: Int, channels: Int) {
    (self.width, self.channels) = (width, channels)
  }

  /// Takes the next rows.
  public mutating func append(_ rows: Image) { pixels += rows.pixels }

  /// The picture of all rows.
  public var image: Image {
    Image(
      width: width, height: pixels.count / (width * channels), channels: channels, pixels: pixels)
  }
}
