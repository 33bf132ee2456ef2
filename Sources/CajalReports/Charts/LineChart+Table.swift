extension LineChart {
  /// The numbers of a chart as a table: each horizontal coordinate where there are few, else
  /// intervals of equal width with mean, least and largest value.
  struct Table {
    /// Coordinates up to which each has a row.
    private static let mostRows = 60
    /// Rows where there are more.
    private static let intervals = 40

    /// The names of the curves.
    let columns: [String]
    /// The first cell of each row, and one cell per curve.
    let rows: [(title: String, cells: [String])]
    /// Whether rows are intervals.
    let isBinned: Bool

    init(_ chart: LineChart) {
      let series = chart.series.filter { !$0.name.isEmpty }
      columns = series.map(\.name)
      let all = Set(series.flatMap { $0.points.lazy.filter(\.isDrawable).map(\.x) }).sorted()
      isBinned = all.count > Self.mostRows
      guard let first = all.first, let last = all.last else {
        rows = []
        return
      }
      let isWhole = all.allSatisfy { $0 == $0.rounded() }
      let bounds =
        isBinned
        ? (0...Self.intervals).map { number in
          let bound = first + (last - first) * Double(number) / Double(Self.intervals)
          return isWhole ? bound.rounded() : bound
        } : all
      let count = isBinned ? Self.intervals : all.count
      let bins = series.map { curve in
        var bins = [Bin](repeating: Bin(), count: count)
        for point in curve.points where point.isDrawable {
          bins[Self.index(of: point.x, in: bounds, count: count)].add(point.y)
        }
        return bins
      }
      let isBinned = isBinned
      rows = (0..<count).compactMap { row in
        let cells = bins.map { $0[row].text }
        guard cells.contains(where: { !$0.isEmpty }) else { return nil }
        let title = Numeral.short(bounds[row])
        return (isBinned ? "\(title) to \(Numeral.short(bounds[row + 1]))" : title, cells)
      }
    }

    /// The last bin that begins at or before a coordinate.
    private static func index(of x: Double, in bounds: [Double], count: Int) -> Int {
      var (low, high) = (0, count)
      while high - low > 1 {
        let middle = (low + high) / 2
        if bounds[middle] <= x { low = middle } else { high = middle }
      }
      return low
    }

    /// The values of a curve in a row.
    private struct Bin {
      private var sum = 0.0, count = 0, least = Double.infinity, largest = -Double.infinity

      mutating func add(_ value: Double) {
        sum += value
        count += 1
        least = min(least, value)
        largest = max(largest, value)
      }

      var text: String {
        guard count > 0 else { return "" }
        guard count > 1, least < largest else { return Numeral.short(least) }
        return "\(Numeral.short(sum / Double(count))) (\(Numeral.short(least)) to "
          + "\(Numeral.short(largest)))"
      }
    }
  }
}
