/// Reduction of curves to what a drawing can show.
enum Thinning {
  /// Columns of the drawing that are told apart.
  static let columns = 600

  /// Pieces of a curve without gaps, each reduced to the first, the lowest, the highest and the last
  /// of the consecutive points that fall into one column: a line through them covers the same
  /// pixels as one through all.
  static func pieces(
    _ points: [LineChart.Point], column: (Double) -> Int
  ) -> [[LineChart.Point]] {
    var pieces: [[LineChart.Point]] = []
    var piece: [LineChart.Point] = []
    var bucket: Bucket?
    func close() {
      if let bucket { piece += bucket.points }
      bucket = nil
      if !piece.isEmpty { pieces.append(piece) }
      piece = []
    }
    for point in points {
      guard point.isDrawable else {
        close()
        continue
      }
      let place = column(point.x)
      if bucket?.column == place {
        bucket?.add(point)
      } else {
        if let bucket { piece += bucket.points }
        bucket = Bucket(column: place, first: point)
      }
    }
    close()
    return pieces
  }

  /// Consecutive points of one column.
  private struct Bucket {
    let column: Int
    private let first: LineChart.Point
    private var lowest: (index: Int, point: LineChart.Point)
    private var highest: (index: Int, point: LineChart.Point)
    private var last: (index: Int, point: LineChart.Point)

    init(column: Int, first: LineChart.Point) {
      self.column = column
      self.first = first
      (lowest, highest, last) = ((0, first), (0, first), (0, first))
    }

    mutating func add(_ point: LineChart.Point) {
      last = (last.index + 1, point)
      if point.y < lowest.point.y { lowest = last }
      if point.y > highest.point.y { highest = last }
    }

    /// The points that are kept, in their order.
    var points: [LineChart.Point] {
      var kept = [first]
      var index = 0
      let middle = lowest.index < highest.index ? [lowest, highest] : [highest, lowest]
      for candidate in middle + [last] where candidate.index > index {
        kept.append(candidate.point)
        index = candidate.index
      }
      return kept
    }
  }

  /// Indices of about `count` of `total` elements, evenly spaced, the first and the last among them.
  static func evenly(_ count: Int, of total: Int) -> [Int] {
    guard total > count, count > 1 else { return Array(0..<total) }
    return (0..<count).map { $0 * (total - 1) / (count - 1) }
  }
}
