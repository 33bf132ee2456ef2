import CajalImages
import CajalSupport

/// Makes pictures smaller by any factor, row by row: each value is the mean of the area that it covers,
/// where pixels that are cut by its edges count as much as they are inside.
struct AreaScaler {
  /// The numbers of rows and columns that it gives.
  let width: Int, height: Int
  /// Columns and rows of the source for each.
  private let factor: Double
  private let sourceHeight: Int
  private let channels: Int
  private let columns: [Span]
  /// The last row that was taken, which may count for the next one too, with its columns averaged.
  private var last: (row: Int, values: [Double])?

  /// Pixels of the source and how much of each is covered.
  private struct Span {
    let start: Int
    let weights: [Double]

    /// The span of place `index`.
    init(_ index: Int, factor: Double, count: Int) {
      let (low, high) = (Double(index) * factor, Double(index + 1) * factor)
      start = min(Int(low), count - 1)
      let end = max(min(Int(high.rounded(.up)), count), start + 1)
      weights = (start..<end).map { pixel in
        max(min(high, Double(pixel + 1)) - max(low, Double(pixel)), 0) / factor
      }
    }
  }

  /// A scaler for pictures of a size.
  ///
  /// Traps unless the factor is at least 1.
  init(width: Int, height: Int, channels: Int, factor: Double) {
    require(factor >= 1, "Averaging over areas makes pictures smaller.")
    self.factor = factor
    self.channels = channels
    sourceHeight = height
    // What is a whole number but for rounding counts as such.
    self.width = Int(Double(width) / factor + 1e-9)
    self.height = Int(Double(height) / factor + 1e-9)
    columns = (0..<self.width).map { Span($0, factor: factor, count: width) }
  }

  /// The first row of the source that is needed for row `row`.
  func firstSourceRow(of row: Int) -> Int {
    Span(row, factor: factor, count: sourceHeight).start
  }

  /// Row `row`; none may be above those asked for before. `source` gives a row of the source, and is
  /// called for rows from the top down.
  mutating func row(
    _ row: Int, source: (_ row: Int) throws -> [UInt8]
  ) rethrows -> [UInt8] {
    let span = Span(row, factor: factor, count: sourceHeight)
    var sums = [Double](repeating: 0, count: width * channels)
    for (index, weight) in span.weights.enumerated() {
      let place = span.start + index
      if last?.row != place { last = (place, averaged(try source(place))) }
      guard let values = last?.values else { continue }
      for index in sums.indices { sums[index] += weight * values[index] }
    }
    return sums.map { UInt8(min(($0 + 0.5).rounded(.down), 255)) }
  }

  /// A row of the source with its columns averaged.
  private func averaged(_ row: [UInt8]) -> [Double] {
    var values = [Double](repeating: 0, count: width * channels)
    for (column, span) in columns.enumerated() {
      for (index, weight) in span.weights.enumerated() {
        for channel in 0..<channels {
          values[column * channels + channel] +=
            weight * Double(row[(span.start + index) * channels + channel])
        }
      }
    }
    return values
  }
}
