import CajalImages
import Testing

@Suite struct DeepMetricsTests {
  private static func deep(_ seed: UInt64, channels: Int, top: Int) -> DeepImage {
    var generator = SplitMix64(seed: seed)
    return DeepImage(
      width: 14, height: 13, channels: channels, bitDepth: 16,
      values: (0..<14 * 13 * channels).map { _ in
        UInt16(Int.random(in: 0...top, using: &generator))
      })
  }

  /// A constant error of 30 of 65535: MSE is 900, and 8 bits would not show it.
  @Test func errorsOfSixteenBitsCount() {
    let target = Self.deep(71, channels: 1, top: 60_000)
    let shifted = DeepImage(
      width: 14, height: 13, channels: 1, bitDepth: 16, values: target.values.map { $0 + 30 })
    let error = ImageMetrics.meanSquaredError(target, shifted)
    #expect(error == 900)
    // 20 log10(65535 / 30), and with the range of 12 bits 20 log10(4095 / 30).
    #expect(abs(ImageMetrics.psnr(meanSquaredError: error, range: 65535) - 66.7869) < 1e-3)
    #expect(abs(ImageMetrics.psnr(meanSquaredError: error, range: 4095) - 42.7027) < 1e-3)
    #expect(ImageMetrics.psnr(meanSquaredError: 0, range: 4095) == .infinity)
    #expect(ImageMetrics.meanSquaredError(target, target) == 0)
  }

  /// The largest error of 16 bits: its squares are not cut off.
  @Test func theLargestErrorIsMeasured() {
    func image(_ value: UInt16) -> DeepImage {
      DeepImage(
        width: 1 << 10, height: 1 << 11, channels: 1, bitDepth: 16,
        values: [UInt16](repeating: value, count: 1 << 21))
    }
    #expect(ImageMetrics.meanSquaredError(image(0), image(65535)) == 65535 * 65535)
  }

  /// Whichever comes first, a picture in color is compared in color.
  @Test func theOrderDoesNotMatter() throws {
    let gray = Self.deep(72, channels: 1, top: 4095)
    let color = Self.deep(73, channels: 3, top: 4095)
    #expect(
      ImageMetrics.meanSquaredError(gray, color)
        == ImageMetrics.meanSquaredError(gray.inColor(), color))
    #expect(
      ImageMetrics.meanSquaredError(gray, color) == ImageMetrics.meanSquaredError(color, gray))
    let ssim = try #require(ImageMetrics.ssim(gray, color, range: 4095))
    #expect(ssim == ImageMetrics.ssim(color, gray, range: 4095))
    #expect(ssim == ImageMetrics.ssim(gray.inColor(), color, range: 4095))
  }

  /// Values and range times 257: the structure is the same, and so it is with 8 bits.
  @Test func similarityIsRelativeToTheRange() throws {
    var generator = SplitMix64(seed: 74)
    let first = Image.random(width: 12, height: 15, channels: 3, using: &generator)
    let second = Image.random(width: 12, height: 15, channels: 3, using: &generator)
    let shallow = try #require(ImageMetrics.ssim(first, second))
    let deep = try #require(
      ImageMetrics.ssim(DeepImage(first).widened(), DeepImage(second).widened(), range: 65535))
    #expect(abs(shallow - deep) < 1e-9)
    // In a range that is far too large, small differences of values look like none.
    let wide = try #require(ImageMetrics.ssim(DeepImage(first), DeepImage(second), range: 65535))
    #expect(wide > 0.99 && shallow < 0.5)
  }
}
