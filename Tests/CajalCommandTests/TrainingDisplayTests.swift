import Cajal
import CajalSupport
import Testing

@testable import CajalCommand

@Suite struct TrainingDisplayTests {
  private let step = TrainingEvent.Step(
    step: 1200, steps: 20_000, firstStep: 0, loss: 2.83119, losses: [],
    measures: [("absolute_error", 3.456)], lossUnit: "", gradientNorm: 1, learningRate: 1e-3,
    imagesPerSecond: 152.4, elapsed: 237.5)

  @Test func onATerminalThereIsABarWithTheMean() {
    let line = TrainingDisplay.text(of: step, mean: 2.9, terminalColumns: 110)
    #expect(line.hasPrefix(" 1200/20000 [") && line.count == 110)
    #expect(
      line.hasSuffix(
        "]   6%  loss 2.8312 (mean 2.9, absolute error 3.46)  152 images/s  1:02:01 left"))
  }

  @Test func elsewhereLinesArePlain() {
    #expect(
      TrainingDisplay.text(of: step, mean: 2.9, terminalColumns: nil)
        == "step 1200/20000: loss 2.8312 (mean 2.9000, absolute error 3.4560), 152.4 images/s, "
        + "1:02:01 left")
  }

  /// Against the weights written out.
  @Test func theMeanWeighsRecentLossesMore() {
    let values = [5.0, 1, 4, .nan, 2, 8]
    var mean = MovingMean(decay: 0.9)
    #expect(mean.value == nil)
    for count in 1...values.count {
      mean.add(values[count - 1])
      let finite = values.prefix(count).filter(\.isFinite)
      var (sum, weights) = (0.0, 0.0)
      for (age, value) in finite.reversed().enumerated() {
        var weight = 1.0
        for _ in 0..<age { weight *= 0.9 }
        sum += weight * value
        weights += weight
      }
      #expect(abs((mean.value ?? .nan) - sum / weights) < 1e-12)
    }
  }
}
