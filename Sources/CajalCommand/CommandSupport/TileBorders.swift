import ArgumentParser
import Cajal

/// The borders of the tiles that a picture was made of.
struct TileBorders {
  /// Pixels from a border to the next.
  let period: Int
  /// The first pixel after a border.
  let first: Int
  /// Pixels of an input pixel.
  let grid: Int

  /// The borders of a text such as `32`, `24,32` or `24,32,4`.
  ///
  /// - Throws: `ValidationError`.
  init(_ text: String) throws {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...3).contains(numbers.count), numbers.allSatisfy({ ($0 ?? 0) > 0 }),
      let period = numbers[0]
    else {
      throw ValidationError(
        "--seams is the size of a tile in pixels, such as 32, or 24,32 where the first is 32, or "
          + "24,32,4 where it was also enlarged by 4, not \(text)")
    }
    self.period = period
    first = numbers.dropFirst().first.flatMap { $0 } ?? period
    grid = numbers.count > 2 ? numbers[2] ?? 1 : 1
  }

  /// The ratio of differences across and within tiles.
  func seams(in image: DeepImage) -> Double? {
    ImageMetrics.seams(image, period: period, first: first, grid: grid)
  }
}
