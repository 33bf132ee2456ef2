import CajalImages
import Testing

@Suite struct SeamTests {
  /// A ramp of 1 per column and 1 per row, and steps of `step` at borders.
  private func picture(step: Int, period: Int, first: Int) -> DeepImage {
    let (width, height) = (61, 47)
    func level(_ place: Int) -> Int {
      place + (place < first ? 0 : ((place - first) / period + 1) * (step - 1))
    }
    let pixels = (0..<height).flatMap { y in
      (0..<width).map { x in UInt8(level(x) + level(y)) }
    }
    return DeepImage(Image(width: width, height: height, channels: 1, pixels: pixels))
  }

  @Test(arguments: [1, 3]) func stepsAtBordersCount(step: Int) {
    for (period, first) in [(16, 16), (12, 20), (7, 3)] {
      let image = picture(step: step, period: period, first: first)
      #expect(ImageMetrics.seams(image, period: period, first: first) == Double(step))
    }
  }

  @Test func colorsCountTogether() throws {
    var image = Image(width: 8, height: 1, channels: 3)
    for x in 0..<8 {
      // Across the border at 4 the channels differ by 10, 2 and 0, elsewhere by 1, 1 and 1.
      let values = x < 4 ? [x, x, x] : [x + 9, x + 1, x - 1]
      for channel in 0..<3 { image[x, 0, channel] = UInt8(values[channel]) }
    }
    let ratio = try #require(ImageMetrics.seams(DeepImage(image), period: 4, first: 4))
    #expect(abs(ratio - 4) < 1e-12)
  }

  /// Within blocks of 4 neighbors differ by 1, across by 3, across borders by 6.
  @Test func bordersAreComparedWithTheirLike() {
    var row: [UInt8] = [0]
    for x in 1..<48 {
      row.append(row[x - 1] + (x % 16 == 0 ? 6 : x % 4 == 0 ? 3 : 1))
    }
    let image = DeepImage(Image(width: 48, height: 1, channels: 1, pixels: row))
    #expect(ImageMetrics.seams(image, period: 16, first: 16, grid: 4) == 2)
  }

  @Test func whatHasNoBorderHasNoRatio() {
    let flat = DeepImage(Image(width: 9, height: 9, channels: 1, filledWith: 5))
    #expect(ImageMetrics.seams(flat, period: 3, first: 3) == nil)
    let small = DeepImage(Image(width: 2, height: 1, channels: 1, pixels: [1, 2]))
    #expect(ImageMetrics.seams(small, period: 4, first: 4) == nil)
  }
}
