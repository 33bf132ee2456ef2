import CajalImages
import CajalSupport
import CajalTensor
import CajalTraining
import Testing

@testable import CajalProblems

@Suite struct FeedTests {
  private func withDataset(_ body: (Dataset) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      try body(tinyProblem.generateData(from: noiseSections(3), to: folder + "/data"))
    }
  }

  /// Asked for in any order, by any number of threads, from any number on and with any capacity,
  /// the examples are those of the data set.
  @Test(arguments: [1, 3, 100]) func examplesAreThoseOfTheData(capacity: Int) throws {
    try withDataset { data in
      for first in [0, 17] {
        let feed = BatchFeed(first..<(first + 40), capacity: capacity) {
          try data.trainingExample($0, seed: 3, step: $0 / 4)
        }
        var random = RandomStream(RandomKey(seed: 1, stream: UInt32(capacity)))
        // Every number once, beyond the end too.
        let numbers = (first..<(first + 45)).shuffled(using: &random)
        let made = try Threads.concurrentMap(numbers) { try feed.element($0) }
        for (number, example) in zip(numbers, made) {
          let expected = try data.trainingExample(number, seed: 3)
          #expect(example.input == expected.input && example.target == expected.target)
        }
      }
    }
  }

  @Test func examplesOfABatchAreThoseOfItsStep() throws {
    try withDataset { data in
      var problem = tinyProblem
      problem.inputSchedule = InputSchedule([.init(size: 4, steps: 2)])
      let scheduled = try Dataset(at: data.directory, for: problem)
      let sizes = try (0..<12).map {
        try scheduled.trainingExample($0, seed: 1, step: $0 / 3).input.width
      }
      #expect(sizes == [4, 4, 4, 4, 4, 4, 2, 2, 2, 2, 2, 2])
      let plain = try (0..<12).map { try data.trainingExample($0, seed: 1).target }
      #expect(
        try (0..<12).map { try scheduled.trainingExample($0, seed: 1, step: 0).target } == plain)
    }
  }

  @Test func errorsReachTheUser() throws {
    struct Failing: Problem {
      let name = "failing"
      let inputShape = PixelShape(square: 8)
      let targetShape = PixelShape(square: 8)
      func example(from crop: Image, using random: inout RandomStream) throws -> Example {
        throw ProblemError.unfitExample(problem: name, reason: "on purpose")
      }
    }
    try withDataset { data in
      let failing = try Dataset(at: data.directory, for: Failing())
      let feed = BatchFeed(0..<8, capacity: 4) { try failing.trainingExample($0, seed: 1) }
      for number in 0..<10 {
        #expect(throws: ProblemError.unfitExample(problem: "failing", reason: "on purpose")) {
          try feed.element(number)
        }
      }
    }
  }

  @Test func schedules() throws {
    let schedule = try #require(InputSchedule("24:10,16:5"))
    #expect(schedule.description == "24:10,16:5")
    #expect(
      (0..<17).map { schedule.size(atStep: $0) ?? 8 } == Array(repeating: 24, count: 10)
        + Array(repeating: 16, count: 5) + [8, 8])
    #expect(InputSchedule("none") == InputSchedule() && InputSchedule().size(atStep: 0) == nil)
    var problem = AllenBrain.dim8to32
    problem.inputSchedule = schedule
    #expect(problem.atStep(3).inputShape == PixelShape(square: 24))
    #expect(problem.atStep(15).inputShape == problem.inputShape && problem.inputShape.width == 8)
  }
}
