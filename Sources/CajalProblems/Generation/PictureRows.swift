import CajalSupport
import CajalImages

/// The used part of a picture, read from the top down with only the current rows in memory.
///
/// Confined to one thread at a time.
final class PictureRows {
  /// The columns and rows of the part to use, after averaging.
  let width: Int, height: Int
  /// The source: a picture in memory or, if that is `nil`, a file.
  private let image: Image?
  private var reader: ImageReader?
  private let crop: Picture.Crop
  /// Rows and columns of the blocks of the source that are averaged to a pixel.
  private let reduction: Int
  /// The next row of the whole picture to be taken from the source.
  private var nextRow = 0
  /// The rows in use, row after row of `width` pixels, from row `first` of the part in use on.
  private var pixels: [UInt8] = []
  private var first = 0
  private let channels: Int
  /// Averages by a factor that is no whole number; `nil` where `reduction` says it.
  private var scaler: AreaScaler?
  /// The side of a pixel of the file in micrometers, if it says it.
  let micronsPerPixel: Double?
  /// Columns of the full resolution for each of the level that is read.
  let downsample: Double

  /// The rows of a picture in memory.
  init(of image: Image, crop: Picture.Crop?, reduction: Int, name: String) throws {
    self.crop = try Self.checked(crop, width: image.width, height: image.height, name: name)
    self.image = image
    channels = image.channels
    micronsPerPixel = nil
    downsample = 1
    self.reduction = reduction
    width = (self.crop.right - self.crop.left) / reduction
    height = (self.crop.bottom - self.crop.top) / reduction
  }

  /// The rows of a picture in a file.
  init(
    of reader: consuming ImageReader, crop: Picture.Crop?, reduction: Int, factor: Double?,
    name: String
  ) throws {
    self.crop = try Self.checked(crop, width: reader.width, height: reader.height, name: name)
    image = nil
    channels = reader.channels
    self.reduction = reduction
    micronsPerPixel = reader.metadata.micronsPerPixel
    downsample = reader.downsample
    let (columns, rows) = (self.crop.right - self.crop.left, self.crop.bottom - self.crop.top)
    scaler = factor.map {
      AreaScaler(width: columns, height: rows, channels: reader.channels, factor: $0)
    }
    width = scaler?.width ?? columns / reduction
    height = scaler?.height ?? rows / reduction
    self.reader = consume reader
  }

  /// The crop, which is inside of the picture, or all of the picture.
  private static func checked(
    _ crop: Picture.Crop?, width: Int, height: Int, name: String
  ) throws -> Picture.Crop {
    let crop = crop ?? Picture.Crop(left: 0, top: 0, right: width, bottom: height)
    guard 0 <= crop.left, crop.left < crop.right, crop.right <= width,
      0 <= crop.top, crop.top < crop.bottom, crop.bottom <= height
    else {
      throw ProblemError.unusablePicture(
        file: name,
        reason: "its crop [\(crop.left), \(crop.top), \(crop.right), \(crop.bottom)] is not inside "
          + "of its \(width) x \(height) pixels")
    }
    return crop
  }

  /// Rows `rows` of the part in use; none may be above those requested before.
  func band(_ rows: Range<Int>) throws -> Image {
    require(
      rows.lowerBound >= first && rows.upperBound <= height,
      "rows are taken from the top down, within the \(height) of the picture")
    let stride = width * channels
    let dropped = min(rows.lowerBound - first, pixels.count / stride)
    // If bands are consecutive, nothing is copied: the rows that were read are the band.
    if dropped * stride == pixels.count {
      pixels = []
    } else {
      pixels.removeFirst(dropped * stride)
    }
    first += dropped
    try skip(
      to: crop.top
        + (scaler?.firstSourceRow(of: rows.lowerBound + pixels.count / stride)
          ?? rows.lowerBound * reduction))
    first = rows.lowerBound
    let missing = rows.count - pixels.count / stride
    if missing > 0 { try take(missing, from: first + pixels.count / stride) }
    let count = rows.count * stride
    return Image(
      width: width, height: rows.count, channels: channels,
      pixels: pixels.count == count ? pixels : Array(pixels.prefix(count)))
  }

  /// The range used by a 16-bit file, in the rows read so far; `nil` for other pictures.
  var usedRange: UsedRange? { reader?.largestValue.map { UsedRange(largestValue: $0) } }

  /// Reads the rest, so that damage below the last tile is found.
  func finish() throws { try reader?.skipRows(.max) }

  /// Skips the rows before `row` of the whole picture.
  private func skip(to row: Int) throws {
    guard nextRow < row else { return }
    try reader?.skipRows(row - nextRow)
    nextRow = row
  }

  /// Appends the next rows, from a row of the part in use on, to those in use.
  private func take(_ count: Int, from row: Int) throws {
    if scaler != nil { return try takeScaled(row..<row + count) }
    guard reduction > 1 else { return try append(rowsOfSource(count)) }
    // A row at a time, so that memory holds no more than without averaging.
    for _ in 0..<count {
      try append(rowsOfSource(reduction)?.blockMeans(factor: reduction))
    }
  }

  private func takeScaled(_ rows: Range<Int>) throws {
    for row in rows {
      let scaled = try scaler?.row(row) { place in
        try skip(to: crop.top + place)
        return try rowsOfSource(1)?.pixels ?? []
      }
      pixels += scaled ?? []
    }
  }

  private func append(_ part: Image?) {
    guard let part else { return }
    if pixels.isEmpty { pixels = part.pixels } else { pixels += part.pixels }
  }

  /// The next rows of the source, within the columns of the crop.
  private func rowsOfSource(_ count: Int) throws -> Image? {
    let rows =
      try image?.cropped(x: 0, y: nextRow, width: image?.width ?? 0, height: count)
      ?? reader?.readRows(count)
    guard let rows else { return nil }
    nextRow += count
    let columns = crop.right - crop.left
    return columns == rows.width
      ? rows : rows.cropped(x: crop.left, y: 0, width: columns, height: count)
  }
}
