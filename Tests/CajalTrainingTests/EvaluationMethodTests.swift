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

  /// Means are truncated as the problem truncates those of targets: that of fifteen 102s and a 99 is
  /// 101.
  @Test func reproducedInputsAreCountedBySubPixel() {
    let problem = AllenBrain(.upsampling(from: 3, to: 12))
    let flat = Self.picture(101)
    var almost = Self.picture(102).pixels
    almost[0] = 99
    let picture = Image(width: 12, height: 12, channels: 3, pixels: almost)
    let method = Evaluation.Method("test", [picture], [flat], problem: problem)
    #expect(method.reproducedShare == 1.0 / 27)
    #expect(Evaluation.Method("test", [picture], [flat]).reproducedShare == nil)
    let holes = AllenBrain(.inpainting(size: 12))
    #expect(
      Evaluation.Method("test", [picture], [flat], problem: holes).reproducedShare == nil)
  }

  @Test func setsAreComparedWithTheTargets() throws {
    let targets = (1...2).map { SyntheticTissue.section(seed: $0, width: 32, height: 32) }
    let same = Evaluation.Method("test", targets, targets)
    #expect(same.distances.slicedWasserstein == 0 && same.distances.logSpectral == 0)
    let others = (3...4).map { SyntheticTissue.section(seed: $0, width: 32, height: 32) }
    let distances = Evaluation.Method("test", others, targets).distances
    let patches = try #require(PatchProjections(targets))
    #expect(distances.slicedWasserstein == PatchProjections(others)?.distance(to: patches))
    let spectrum = try #require(LogSpectrum(targets))
    #expect(distances.logSpectral == LogSpectrum(others)?.distance(to: spectrum))
  }

  @Test func coverageIsTheShareOfValuesInTheirIntervals() {
    let values: [Int32] = [3, 0, 7, 9]
    let share = IntervalCoverage.share(of: values, lower: [3, 1, 0, 9], upper: [5, 2, 7, 9])
    #expect(share == 0.75)
  }
}
