import CajalOptimizers
import Foundation
import Testing

@Suite struct ScheduleTests {
  @Test func factorsHaveTheirClosedForms() {
    let warmup = Schedule.linearWarmup(steps: 4)
    #expect((0..<6).map { warmup(step: $0) } == [0.25, 0.5, 0.75, 1, 1, 1])
    let rsqrt = Schedule.rsqrtDecay(warmupSteps: 4)
    #expect([0, 3, 15, 99].map { rsqrt(step: $0) } == [0.5, 0.5, 0.25, 0.1])
    let cosine = Schedule.cosineDecay(steps: 10, floor: 0.2, start: 2)
    #expect([0, 2, 10, 1000].map { cosine(step: $0) } == [1, 1, 0.2, 0.2])
    #expect(abs(cosine(step: 6) - 0.6) < 1e-15)
    let exponential = Schedule.exponentialDecay(rate: 0.25, steps: 10)
    #expect([0, 5, 10, 20].map { exponential(step: $0) } == [1, 0.5, 0.25, 0.0625])
    #expect(Schedule([])(step: 7) == 1)
  }

  @Test func productsMultiply() {
    let schedule = 2e-3 * .linearWarmup(steps: 500) * .cosineDecay(steps: 20_000, floor: 0.01)
    #expect(schedule.factors.count == 3)
    #expect(abs(schedule(step: 0) - 4e-6) < 1e-20)
    #expect(abs(schedule(step: 20_000) - 2e-5) < 1e-18)
  }

  /// The legacy schedule is a product of the others: warm-up times reciprocal root.
  @Test(arguments: [1, 3, 12_000], [16, 128, 512])
  func noamIsWarmupTimesReciprocalRoot(warmup: Int, hidden: Int) {
    let noam = Schedule.noam(warmupSteps: warmup, hiddenSize: hidden, learningRate: 0.3)
    let product =
      (3 / Double(hidden).squareRoot()) * .linearWarmup(steps: warmup)
      * .rsqrtDecay(warmupSteps: warmup)
    for step in [0, 1, 2, 3, 100, 11_998, 11_999, 12_000, 260_000] {
      let (a, b) = (noam(step: step), product(step: step))
      #expect(abs(a - b) <= 1e-14 * b, "step \(step): \(a), \(b)")
    }
  }

  @Test func noamPeaksWhereTheSpecificationSays() {
    for (hidden, peak) in [(128, 1.6137e-3), (512, 8.0687e-4), (1024, 5.7054e-4)] {
      let schedule = Schedule.noam(warmupSteps: 12_000, hiddenSize: hidden)
      #expect(abs(schedule(step: 11_999) / peak - 1) < 1e-4)
      #expect(schedule(step: 11_999) > schedule(step: 11_998))
      #expect(schedule(step: 11_999) > schedule(step: 12_000))
    }
  }

  @Test func codingKeepsTheValue() throws {
    let schedule =
      1e-3 * .noam(warmupSteps: 5, hiddenSize: 6) * .cosineDecay(steps: 9)
      * .exponentialDecay(rate: 0.1, steps: 3) * .rsqrtDecay(warmupSteps: 2)
    let json = try JSONEncoder().encode(schedule)
    #expect(try JSONDecoder().decode(Schedule.self, from: json) == schedule)
  }

  @Test(arguments: [
    #"{"factors":[{"linearWarmup":{"steps":0}}]}"#, #"{"factors":[{"constant":{"value":-1}}]}"#,
    #"{"factors":[{"cosineDecay":{"steps":5,"floor":0,"start":5}}]}"#,
    #"{"factors":[{"exponentialDecay":{"rate":0,"steps":5}}]}"#, #"{"factors":[{"magic":{}}]}"#,
  ])
  func meaninglessSchedulesAreNotDecoded(json: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Schedule.self, from: Data(json.utf8))
    }
  }

  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("shared/t2t")

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: folder.path),
      "the fixtures are not beside the package"))
  func everySetOfTensor2tensorHasItsRates() throws {
    struct Rates: Decodable {
      var global_steps: [Int]
      var rates: [String: [Double]]
    }
    struct Set: Decodable {
      var hidden_size: Int
      var learning_rate: Double
      var learning_rate_warmup_steps: Int
    }
    func read<T: Decodable>(_ name: String) throws -> T {
      let data = try Data(contentsOf: Self.folder.appendingPathComponent(name))
      return try JSONDecoder().decode(T.self, from: data)
    }
    let expected: Rates = try read("learning_rates.json")
    let sets: [String: Set] = try read("hparams.json")
    #expect(!expected.rates.isEmpty)
    for (name, rates) in expected.rates {
      let set = try #require(sets[name])
      let schedule = Schedule.noam(
        warmupSteps: set.learning_rate_warmup_steps, hiddenSize: set.hidden_size,
        learningRate: set.learning_rate)
      for (step, rate) in zip(expected.global_steps, rates) {
        // tensor2tensor multiplies in single precision: a few roundings of 6e-8 each.
        #expect(abs(schedule(step: step) / rate - 1) < 3e-7, "\(name), step \(step)")
      }
    }
  }
}
