import CajalSupport

extension ImageMetrics {
  /// How much neighbors differ across the borders of tiles, relative to neighbors inside of tiles: the
  /// mean absolute difference of the values on both sides of a border over that of all other
  /// neighbors, along rows and columns. 1 for a picture without seams, apart from its content.
  ///
  /// Traps unless `period`, `first` and `grid` are positive.
  ///
  /// - Parameters:
  ///   - image: The picture.
  ///   - period: Columns and rows from a border to the next.
  ///   - first: The first column and row after a border.
  ///   - grid: Only neighbors on both sides of a multiple of it are compared with, such as the factor
  ///     by which a picture was enlarged: values of one input pixel may differ less than those of two.
  /// - Returns: nil where the picture has no such border, or is the same everywhere inside.
  public static func seams(
    _ image: DeepImage, period: Int, first: Int, grid: Int = 1
  ) -> Double? {
    require(
      period > 0 && first > 0 && grid > 0, "Borders of tiles have a period and a first place.")
    var (across, inside) = (Differences(), Differences())
    let row = image.width * image.channels
    func add(_ distance: Int, at index: Int, place: Int) {
      let difference = abs(Int(image.values[index]) - Int(image.values[index - distance]))
      if place >= first, (place - first) % period == 0 {
        across.add(difference)
      } else if place % grid == 0 {
        inside.add(difference)
      }
    }
    for y in 0..<image.height {
      for x in 0..<image.width {
        for channel in 0..<image.channels {
          let index = y * row + x * image.channels + channel
          if x > 0 { add(image.channels, at: index, place: x) }
          if y > 0 { add(row, at: index, place: y) }
        }
      }
    }
    guard let across = across.mean, let inside = inside.mean, inside > 0 else { return nil }
    return across / inside
  }

  /// The mean of some absolute differences.
  private struct Differences {
    private var sum = 0, count = 0

    mutating func add(_ difference: Int) {
      sum += difference
      count += 1
    }

    var mean: Double? { count > 0 ? Double(sum) / Double(count) : nil }
  }
}
