/// Rows of a picture from top to bottom, such as those of a file; see `ImageReader`.
public protocol RowSource: ~Copyable {
  /// The number of columns.
  var width: Int { get }
  /// The number of rows.
  var height: Int { get }
  /// The number of values per pixel.
  var channels: Int { get }

  /// The next rows: `count`, or the remaining ones if there are fewer; `nil` after the last row.
  ///
  /// - Throws: what keeps them from being read.
  mutating func readRows(_ count: Int) throws -> Image?

  /// Skips `count` rows, or the remaining ones if there are fewer.
  ///
  /// - Throws: what keeps later rows from being read.
  mutating func skipRows(_ count: Int) throws
}

/// What takes the rows of a picture from top to bottom, such as a file; see `ImageWriter`.
public protocol RowSink: ~Copyable {
  /// Takes the next rows.
  ///
  /// - Throws: what keeps them from being kept.
  mutating func append(_ rows: Image) throws
}

extension ImageReader: RowSource {}

extension ImageWriter: RowSink {}

/// The rows of a picture in memory.
public struct ImageRows: RowSource {
  /// The picture.
  public let image: Image
  /// The row that is read next.
  public private(set) var nextRow = 0

  /// The rows of a picture.
  public init(_ image: Image) { self.image = image }

  /// The number of columns.
  public var width: Int { image.width }
  /// The number of rows.
  public var height: Int { image.height }
  /// The number of values per pixel.
  public var channels: Int { image.channels }

  /// The next rows; `nil` after the last.
  public mutating func readRows(_ count: Int) -> Image? {
    let rows = min(count, height - nextRow)
    guard rows > 0 else { return nil }
    defer { nextRow += rows }
    return rows == height ? image : image.cropped(x: 0, y: nextRow, width: width, height: rows)
  }

  /// Skips rows.
  public mutating func skipRows(_ count: Int) { nextRow += min(count, height - nextRow) }
}
