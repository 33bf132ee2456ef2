import CajalImages
import Testing

@Suite struct ResizeTests {
  @Test(arguments: ResizeFilter.allCases)
  func constantPicturesStayConstant(filter: ResizeFilter) {
    for (width, height) in [(1, 1), (3, 7), (8, 8), (31, 5)] {
      let image = Image(width: 8, height: 6, channels: 3, filledWith: 201)
      let resized = image.resized(width: width, height: height, filter: filter)
      #expect(resized == Image(width: width, height: height, channels: 3, filledWith: 201))
      for value in image.resampled(width: width, height: height, filter: filter) {
        #expect(abs(value - 201) < 201e-6)
      }
    }
  }

  @Test(arguments: ResizeFilter.allCases)
  func theSameSizeChangesNothing(filter: ResizeFilter) {
    var generator = SplitMix64(seed: 11)
    let image = Image.random(width: 7, height: 5, channels: 3, using: &generator)
    #expect(image.resized(width: 7, height: 5, filter: filter) == image)
    #expect(image.resampled(width: 7, height: 5, filter: filter) == image.pixels.map { Float($0) })
  }

  /// All filters are symmetric, so resizing commutes with mirroring and with turning by a half;
  /// with swapping the sides only up to the rounding between the passes. Nearest takes the upper
  /// pixel where a center falls between two, which odd enlargements avoid.
  @Test(arguments: ResizeFilter.allCases)
  func resizingCommutesWithMirroring(filter: ResizeFilter) {
    var generator = SplitMix64(seed: 12)
    let image = Image.random(width: 8, height: 9, channels: 1, using: &generator)
    for (width, height) in [(24, 27), (40, 9)] {
      let resized = image.resized(width: width, height: height, filter: filter)
      for transform in [DihedralTransform.mirrored, .flipped, .rotated180] {
        let other = image.transformed(by: transform)
          .resized(width: width, height: height, filter: filter)
        let worst =
          zip(resized.transformed(by: transform).pixels, other.pixels)
          .map { abs(Int($0) - Int($1)) }.max() ?? 0
        #expect(worst <= 1, "\(transform) to \(width) × \(height)")
      }
    }
  }

  @Test func nearestRepeatsAndPicksPixels() {
    let image = Image(width: 2, height: 1, channels: 1, pixels: [10, 20])
    #expect(
      image.resized(width: 6, height: 1, filter: .nearest).pixels == [10, 10, 10, 20, 20, 20])
    #expect(image.resized(width: 3, height: 1, filter: .nearest).pixels == [10, 20, 20])
    let row = Image(width: 6, height: 1, channels: 1, pixels: [0, 1, 2, 3, 4, 5])
    #expect(row.resized(width: 2, height: 1, filter: .nearest).pixels == [1, 4])
  }

  /// By hand: output centers lie at -0.25, 0.25, 0.75 and 1.25 of the two pixels' own.
  @Test func bilinearInterpolatesBetweenCentres() {
    let image = Image(width: 2, height: 1, channels: 1, pixels: [0, 100])
    #expect(image.resized(width: 4, height: 1, filter: .bilinear).pixels == [0, 25, 75, 100])
    #expect(image.resampled(width: 4, height: 1, filter: .bilinear) == [0, 25, 75, 100])
    // Making it smaller widens the triangle: weights 1/8, 3/8, 3/8, 1/8 over pixels 1 to 4.
    let wide = Image(width: 8, height: 1, channels: 1, pixels: [0, 0, 80, 80, 80, 80, 0, 0])
    #expect(wide.resampled(width: 4, height: 1, filter: .bilinear)[1] == 70)
  }

  /// A step of 0 to 255 midway: with a = -0.75 the four weights a quarter of a pixel from a center
  /// are -0.1054688, 0.8789063, 0.2617188 and -0.0351563.
  @Test func bicubicOvershootsAtAStepAndIsClamped() {
    let image = Image(width: 4, height: 1, channels: 1, pixels: [0, 0, 255, 255])
    let values = image.resampled(width: 8, height: 1, filter: .bicubicRepeatingEdges)
    #expect(abs(values[3] - 255 * (0.2617188 - 0.0351563)) < 1e-3)
    #expect(abs(values[2] - 255 * -0.1054688 * 1) < 1e-3)
    let resized = image.resized(width: 8, height: 1, filter: .bicubicRepeatingEdges)
    #expect(resized.pixels[2] == 0 && resized.pixels[5] == 255)
    #expect(image.resized(width: 8, height: 1, filter: .bicubic).pixels[2] == 0)
  }

  @Test func metricsOfSimplePictures() throws {
    let black = Image(width: 11, height: 12, channels: 1)
    let white = Image(width: 11, height: 12, channels: 1, filledWith: 255)
    #expect(ImageMetrics.psnr(black, black) == .infinity)
    #expect(ImageMetrics.psnr(black, white) == 0)
    var one = black
    one[3, 4] = 255
    #expect(abs(ImageMetrics.psnr(black, one) - 21.205739312) < 1e-8)  // 10 log10(132)
    #expect(ImageMetrics.ssim(black, black) == 1)
    // Both are constant, so only the means count: c1 / (255² + c1) with c1 = 2.55².
    let ssim = try #require(ImageMetrics.ssim(black, white))
    #expect(abs(ssim - 1e-4 / (1 + 1e-4)) < 1e-10)
    #expect(
      ImageMetrics.ssim(
        Image(width: 10, height: 20, channels: 1),
        Image(width: 10, height: 20, channels: 1)) == nil)
  }

  @Test(arguments: ResizeFilter.allCases) func someRowsAndColumnsAreThoseOfThePicture(
    filter: ResizeFilter
  ) {
    let image = Image(
      width: 5, height: 11, channels: 3, pixels: (0..<165).map { UInt8($0 * 37 % 256) })
    for (width, height) in [(10, 22), (15, 33), (20, 44), (5, 11), (5, 22), (3, 4)] {
      let row = width * 3
      let whole = image.resampled(width: width, height: height, filter: filter)
      for rows in [0..<height, 0..<1, 1..<3, (height - 2)..<height] {
        let some = image.resampledRegion(
          rows: rows, columns: 0..<width, width: width, height: height, filter: filter)
        #expect(some == Array(whole[(rows.lowerBound * row)..<(rows.upperBound * row)]))
        let columns = 1..<(width - 1)
        let region = image.resampledRegion(
          rows: rows, columns: columns, width: width, height: height, filter: filter)
        var expected: [Float] = []
        for y in rows {
          expected += whole[(y * row + 3 * columns.lowerBound)..<(y * row + 3 * columns.upperBound)]
        }
        #expect(region == expected)
      }
    }
  }
}
