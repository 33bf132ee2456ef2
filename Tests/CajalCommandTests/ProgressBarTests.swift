import Testing

@testable import CajalCommand

@Suite struct ProgressBarTests {
  @Test func showsEverythingWhereThereIsRoom() {
    let bar = ProgressBar(total: 20_000, width: 80)
    let line = bar.line(step: 1200, loss: 2.83119, imagesPerSecond: 152.4, elapsed: 237.5)
    #expect(
      line == " 1200/20000 [=>                  ]   6%  loss 2.8312  152 images/s  1:02:01 left")
    let last = bar.line(step: 20_000, loss: 2, imagesPerSecond: 9.44, elapsed: 10)
    #expect(
      last == "20000/20000 [=======================] 100%  loss 2.0000  9.4 images/s  0:00 left")
  }

  @Test(arguments: 0...200)
  func fitsEveryWidth(width: Int) {
    for (step, elapsed) in [(0, 0), (7, 3.2), (99, 1e12), (100, 5), (140, 5)] as [(Int, Double)] {
      for loss in [0.1, 123_456.789, .nan, .infinity] {
        let line = ProgressBar(total: 100, width: width)
          .line(step: step, loss: loss, imagesPerSecond: 1e5, elapsed: elapsed)
        #expect(line.count <= width && !line.contains("\n"))
        if width >= 80 && loss < 1 && elapsed < 1e6 { #expect(line.count == width) }
      }
    }
  }

  /// As many measures as leave room for a bar.
  @Test func measuresAreShownBesideTheLoss() {
    func line(_ width: Int) -> String {
      ProgressBar(total: 100, width: width).line(
        step: 50, loss: 0.3119, measures: [("nats", 1.6201), ("absolute_error", 3.456)],
        imagesPerSecond: 50, elapsed: 5)
    }
    #expect(line(100).contains("]  50%  loss 0.3119 (nats 1.62, absolute error 3.46)  50 images/s"))
    #expect(line(80).contains("]  50%  loss 0.3119 (nats 1.62)  50 images/s"))
    #expect(line(60).contains("]  50%  loss 0.3119  50 images/s"))
  }

  @Test func theTimeLeftCountsFromWhereThisProcessBegan() {
    let bar = ProgressBar(total: 1000, first: 900, width: 60)
    #expect(
      bar.line(step: 950, loss: 1, imagesPerSecond: 1, elapsed: 30).hasSuffix("0:30 left"))
    #expect(
      bar.line(step: 900, loss: 1, imagesPerSecond: 1, elapsed: 0).hasSuffix("--:-- left"))
  }
}
