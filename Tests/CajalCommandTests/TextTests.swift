import Testing

@testable import CajalCommand

@Suite struct TextTests {
  @Test func columnsAreAligned() {
    var table = TextTable(["method", "PSNR"])
    table.add(["a", "31.25"])
    table.add(["lanczos3", "9.5"])
    #expect(table.text == "method     PSNR\na         31.25\nlanczos3    9.5")
  }

  @Test func smoothingKeepsConstantsAndFollowsSteps() {
    let constant = LossChart.smoothed([Double](repeating: 3, count: 500))
    #expect(constant.allSatisfy { abs($0 - 3) < 1e-12 })
    // A fall from 5 to 2: never outside of the two, and at the end within one percent of the step.
    let fall = LossChart.smoothed((0..<500).map { $0 < 250 ? 5 : 2 })
    #expect(fall.allSatisfy { $0 > 2 && $0 < 5 + 1e-12 } && fall[499] < 2.03)
    #expect(LossChart.smoothed([7]) == [7] && LossChart.smoothed([]).isEmpty)
  }
}
