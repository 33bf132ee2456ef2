import Cajal
import Testing

@Suite struct EvaluationMethodTests {
  private static func picture(_ value: UInt8) -> Image {
    Image(width: 12, height: 12, channels: 3, filledWith: value)
  }

  /// One exact picture of three leaves the mean a number: that of the mean of the errors 0, 1 and
  /// 9.
  @Test func exactPicturesAreCountedAndDoNotMakeTheMeanInfinite() throws {
    let target = Self.picture(100)
    let method = Evaluation.Method(
      "test", [target, Self.picture(101), Self.picture(97)], [target, target, target])
    let error = 10.0 / 3
    #expect(abs(method.meanSquaredError - error) < 1e-12)
    #expect(method.exactCount == 1)
    let psnr = try #require(method.psnr)
    #expect(abs(psnr - ImageMetrics.psnr(meanSquaredError: error, range: 255)) < 1e-9)
    #expect(psnr.isFinite && method.ssim != nil)
  }

  @Test func picturesThatAreAllExactHaveNoRatio() {
    let pictures = [Self.picture(1), Self.picture(2)]
    let method = Evaluation.Method("test", pictures, pictures)
    #expect(method.psnr == nil && method.exactCount == 2 && method.meanSquaredError == 0)
  }
}
