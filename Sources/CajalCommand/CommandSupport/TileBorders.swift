import ArgumentParser
import Cajal

/// The borders of the tiles that a picture was made of.
struct TileBorders {
  /// Pixels from a border to the next.
  let period: Int
  /// The first pixel after a border.
  let first: Int

  /// The borders of a text such as `32` or `24,32`.
  ///
  /// - Throws: `ValidationError`.
  init(_ text: String) throws {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(numbers.count), let period = numbers[0], let first = numbers.last ?? nil,
      period > 0, first > 0
    else {
      throw ValidationError(
        "--seams is the size of a tile in pixels, such as 32, or 24,32 where the first is 32, "
          + "not \(text)")
    }
    (self.period, self.first) = (period, first)
  }

  /// The ratio of differences across and within tiles.
  func seams(in image: DeepImage) -> Double? {
    ImageMetrics.seams(image, period: period, first: first)
  }
}
