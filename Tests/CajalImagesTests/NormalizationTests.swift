import CajalImages
import Testing

@Suite struct NormalizationTests {
  @Test func meansGoToTheMiddle() {
    let normalization = PixelNormalization(
      mean: [200, 100, 50], standardDeviation: [10, 42.5, 20])
    #expect(normalization.normalized([200, 100, 50]) == [128, 128, 128])
    // Three standard deviations above and below, and beyond.
    #expect(normalization.normalized([230, 228, 110]) == [255, 255, 255])
    #expect(normalization.normalized([170, 0, 0]) == [1, 28, 22])
    #expect(normalization.normalized([0, 255, 255]) == [0, 255, 255])
  }

  /// Values within three standard deviations of at most 42.5 are restored exactly.
  @Test(arguments: [1, 7.5, 20, 42.5], [60, 127.3, 200]) func comesBack(
    standardDeviation: Double, mean: Double
  ) {
    let normalization = PixelNormalization(mean: [mean], standardDeviation: [standardDeviation])
    let values = (0...255).map { UInt8($0) }
      .filter { abs(Double($0) - mean) <= 2.9 * standardDeviation }
    #expect(!values.isEmpty)
    #expect(normalization.restored(normalization.normalized(values)) == values)
  }

  /// Pictures of a single value have standard deviation 0.
  @Test func noDeviation() {
    let normalization = PixelNormalization(mean: [90], standardDeviation: [0])
    #expect(normalization.restored(normalization.normalized([90, 91])) == [90, 91])
  }
}
