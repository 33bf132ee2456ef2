import Testing

@testable import CajalReports

@Suite struct StatisticsTests {
  @Test func smoothingKeepsConstantsAndFollowsSteps() {
    let constant = Statistics.smoothed([Double](repeating: 3, count: 500))
    #expect(constant.allSatisfy { abs($0 - 3) < 1e-12 })
    // A fall from 5 to 2: never outside of the two, and at the end within one percent of the step.
    let fall = Statistics.smoothed((0..<500).map { $0 < 250 ? 5 : 2 })
    #expect(fall.allSatisfy { $0 > 2 && $0 < 5 + 1e-12 } && fall[499] < 2.03)
    #expect(Statistics.smoothed([7]) == [7] && Statistics.smoothed([]).isEmpty)
    // A value that is not finite leaves no trace.
    #expect(Statistics.smoothed([1, .infinity, 1])[2] == 1)
  }

  /// The figure of numpy's corrcoef, which is that of pandas' Series.autocorr.
  @Test func autocorrelationIsThatOfPandas() throws {
    let values = [5.5, 4.1, 3.2, 3.4, 2.9, 2.2, 2.6, 2.1, 2.05, 1.9, 2.3, 1.7]
    #expect(abs(try #require(Statistics.autocorrelation(values)) - 0.8774525575979388) < 1e-12)
    #expect(Statistics.autocorrelation([1, 1, 1]) == nil)
    #expect(Statistics.autocorrelation([1, 2]) == nil && Statistics.autocorrelation([]) == nil)
    let rising = try #require(Statistics.autocorrelation([1, 2, 3, 4]))
    #expect(abs(rising - 1) < 1e-12)
  }

  @Test(arguments: [
    (1.0, "1"), (30_000, "30,000"), (-1_234_567, "-1,234,567"), (1.45321, "1.453"),
    (3.2e-10, "3.2e-10"), (.nan, "nan"), (-.infinity, "-inf"),
  ]) func numbersAreShort(number: Double, text: String) {
    #expect(Numeral.short(number) == text)
  }

  @Test func timesHaveUnits() {
    #expect(Numeral.time(12.34) == "12.3 s" && Numeral.time(1881) == "31.4 min")
    #expect(Numeral.time(36_000) == "10 h")
    #expect(Numeral.percentage(-0.0123) == "-1.23%" && Numeral.percentage(0.5) == "50%")
  }

  /// A few pictures of a long sequence: the first, the last and others between them.
  @Test(arguments: [1, 5, 31, 32, 33, 64, 100, 1000])
  func longSequencesKeepAFew(count: Int) {
    var sequence = PictureSequence()
    for step in 1...count {
      sequence.append(RecordedPicture(step: step, source: .bytes([])))
    }
    let steps = sequence.pictures(8).map(\.step)
    #expect(steps.first == 1 && steps.last == count && steps.count == min(8, count))
    #expect(steps == steps.sorted() && sequence.count == count)
  }
}
