import CajalImages
import CajalSupport
import CajalTensor

/// A strip of rows of inputs of one size, prepared region by region. Bands use it from top to
/// bottom: rows are appended before a band and removed after it.
struct PreparedRows {
  /// The strip of each picture; empty before rows are appended.
  private var strips: [Image] = []
  /// The number of the first row of the strip.
  private(set) var firstRow = 0
  private let ratio: Int
  private let normalization: PixelNormalization?
  /// Rows and columns of each whole input.
  let height: Int, width: Int

  /// All rows of pictures of one size.
  init(_ pictures: [Image], _ configuration: RestorationModel.Configuration) {
    self.init(width: pictures[0].width, height: pictures[0].height, configuration)
    strips = pictures.map { Self.normalized($0, configuration.normalization) }
  }

  /// No rows yet of a picture of a size.
  init(width: Int, height: Int, _ configuration: RestorationModel.Configuration) {
    ratio = configuration.ratio
    normalization = configuration.normalization
    (self.width, self.height) = (width, height)
  }

  /// The number of pictures.
  var count: Int { strips.count }

  /// The number of the row after the strip.
  var endRow: Int { firstRow + (strips.first?.height ?? 0) }

  /// Appends rows of the only picture.
  mutating func append(_ rows: Image) {
    let rows = Self.normalized(rows, normalization)
    guard let strip = strips.first else {
      strips = [rows]
      return
    }
    strips[0] = Image(
      width: width, height: strip.height + rows.height, channels: strip.channels,
      pixels: strip.pixels + rows.pixels)
  }

  /// Removes the rows before a row, which may not have been appended yet.
  mutating func removeRows(before row: Int) {
    guard row > firstRow else { return }
    let kept = endRow - row
    strips =
      kept > 0
      ? strips.map { $0.cropped(x: 0, y: row - firstRow, width: width, height: kept) } : []
    firstRow = row
  }

  /// A region of the inputs, `[batch, rows, columns, channels]`, normalized.
  func inputs(_ region: Region) -> Tensor<Float> {
    let (rows, columns) = (region.rows, region.columns)
    return Self.tensor(
      strips.map {
        $0.cropped(
          x: columns.lowerBound, y: rows.lowerBound - firstRow, width: columns.count,
          height: rows.count)
      })
  }

  /// The rows of inputs that ``enlarged(_:)`` of some rows depends on.
  static func rowsToEnlarge(_ rows: Range<Int>, height: Int) -> Range<Int> {
    max(0, rows.lowerBound - 2)..<min(height, rows.upperBound + 2)
  }

  /// What is enlarged of a region of the inputs, `[batch, ratio · rows, ratio · columns, channels]`:
  /// bicubically, with edge pixels repeated outwards, and not rounded.
  func enlarged(_ region: Region) -> Tensor<Float> {
    let large = region.scaled(by: ratio)
    // Pieces of rows on all cores, whose number the result does not depend on.
    let pieces = large.rows.divided(every: max(ratio * 16, large.rows.count / 16))
    let values = strips.flatMap { strip in
      Threads.concurrentMap(pieces) { rows in
        strip.resampledRegion(
          rows: rows, columns: large.columns, width: width * ratio, height: height * ratio,
          filter: .bicubicRepeatingEdges, of: (firstRow, height))
      }.flatMap { $0 }
    }
    return Tensor(
      values, shape: [strips.count, large.rows.count, large.columns.count, strips[0].channels])
  }

  /// Pictures of one size as a tensor `[batch, rows, columns, channels]`.
  static func tensor(_ pictures: [Image]) -> Tensor<Float> {
    let first = pictures[0]
    require(
      pictures.allSatisfy {
        ($0.height, $0.width, $0.channels) == (first.height, first.width, first.channels)
      }, "the pictures of a batch have one size")
    return Tensor(
      pictures.flatMap { $0.pixels.map { Float($0) } },
      shape: [pictures.count, first.height, first.width, first.channels])
  }

  static func normalized(_ picture: Image, _ normalization: PixelNormalization?) -> Image {
    guard let normalization else { return picture }
    return Image(
      width: picture.width, height: picture.height, channels: picture.channels,
      pixels: normalization.normalized(picture.pixels))
  }
}
