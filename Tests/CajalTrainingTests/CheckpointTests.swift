import Cajal
import CajalSupport
import Foundation
import Testing

@Suite struct CheckpointTests {
  @Test func everythingComesBackBitByBit() throws {
    try withRunFolder { run in
      let original = try Training(updates: 3)
      var checkpoint = original.checkpoint
      checkpoint.metadata = ["problem": "allen-brain \"8to32\"", "step": "not ours"]
      let path = try run.write(checkpoint, keeping: 2)
      #expect(path == run.path + "/checkpoints/step-00000003.safetensors")

      let file = try #require(try run.latestCheckpoint { Issue.record("skipped: \($0)") })
      #expect(file.step == 3 && file.seed == .max && file.examplesSeen == 24)
      #expect(file.metadata == checkpoint.metadata)
      var restored = original
      restored.weights = try file.weights(for: Training.layout)
      restored.state = try file.optimizerState(Training.optimizer, for: Training.group)
      restored.average = try #require(try file.average(decay: 0.9, for: Training.group))
      #expect(
        try file.averageOrWeights(for: Training.layout)
          == ParameterValues([original.average.values]))

      var uninterrupted = original
      for step in 3..<6 {
        uninterrupted.update(step)
        restored.update(step)
      }
      #expect(uninterrupted.bits == restored.bits)
    }
  }

  @Test func theLastOnesAreKept() throws {
    try withRunFolder { run in
      var training = try Training()
      for step in 0..<6 {
        training.update(step)
        try run.write(training.checkpoint, keeping: 3)
      }
      #expect(try run.checkpointSteps() == [4, 5, 6])
      // Going on from step 4, what was later belongs to another future.
      training = try Training(updates: 5)
      try run.write(training.checkpoint, keeping: 1)
      #expect(try run.checkpointSteps() == [5])
    }
  }

  @Test func brokenOnesAreSkippedAndReported() throws {
    try withRunFolder { run in
      #expect(try run.latestCheckpoint() == nil)
      var training = try Training()
      var paths: [String] = []
      for step in 0..<3 {
        training.update(step)
        paths.append(try run.write(training.checkpoint, keeping: 9))
      }
      let whole = try Files.read(paths[2])
      try Files.writeAtomically(to: paths[2], Array(whole.dropLast(5)))
      try Files.writeAtomically(to: paths[1], Array("something else entirely".utf8))
      try Files.writeAtomically(to: run.checkpointsPath + "/step-x.safetensors", [1])
      try Files.writeAtomically(to: run.checkpointsPath + "/notes.txt", [1])
      var lines: [String] = []
      let latest = try #require(try run.latestCheckpoint { lines.append($0) })
      #expect(latest.step == 1)
      #expect(lines.count == 2 && lines.allSatisfy { !$0.contains("\n") })
      #expect(lines[0].hasPrefix("cannot read \(paths[2]): ") && lines[0].contains("truncated"))
      #expect(lines[1].hasPrefix("cannot read \(paths[1]): "))
    }
  }

  @Test func aChangedBitIsNoticed() throws {
    try withRunFolder { run in
      let path = try run.write(Training(updates: 1).checkpoint, keeping: 1)
      var bytes = try Files.read(path)
      bytes[bytes.count - 3] ^= 0x10
      try Files.writeAtomically(to: path, bytes)
      var lines: [String] = []
      #expect(try run.latestCheckpoint { lines.append($0) } == nil)
      #expect(lines.count == 1 && lines[0].contains("damaged"))
    }
  }

  @Test func foreignFilesGiveOneLine() throws {
    try withRunFolder { run in
      let foreign = run.path + "/foreign.safetensors"
      try Safetensors.write([.init("weight", Tensor<Float>([1]))], to: foreign)
      #expect(message { _ = try CheckpointFile(contentsOf: foreign) }.contains("not a checkpoint"))
      try Safetensors.write(
        [], metadata: ["cajal.checkpoint": "3", "cajal.step": "1"], to: foreign)
      #expect(message { _ = try CheckpointFile(contentsOf: foreign) }.contains("newer Cajal"))
    }
  }

  @Test func otherModelsGiveOneLine() throws {
    let parameters = Training.group.parameters
    let narrow = Parameter(path: parameters[0].path, shape: [2, 3], offset: 0)
    let further = Parameter(path: "body/biased", shape: [2], offset: 40)
    let expectations = [
      ([narrow, parameters[1]], "shape [3, 2] where the model has [2, 3]"),
      ([parameters[0]], "no parameter 'body/bias'"),
      (parameters + [further], "nearest is 'model/body/bias'"),
    ]
    try withRunFolder { run in
      let path = try run.write(Training(updates: 1).checkpoint, keeping: 1)
      let file = try CheckpointFile(contentsOf: path)
      for (parameters, reason) in expectations {
        let layout = ParameterLayout([ParameterGroup("model", parameters)])
        let text = message { _ = try file.weights(for: layout) }
        #expect(text.contains(path) && text.contains(reason) && !text.contains("\n"), "\(text)")
      }
      let optimizer = Optimizer.sgd(.constant(1))
      let text = message { _ = try file.optimizerState(optimizer, for: Training.group) }
      #expect(text.contains("momentum/body/kernel"))
    }
  }

  /// A disk without room is simulated by a limit on the size of files, in a process of its own.
  @Test func aDiskWithoutRoomLeavesTheOlderCheckpoint() async {
    await #expect(processExitsWith: .success) {
      try withRunFolder { run in
        try run.write(Training(updates: 1).checkpoint, keeping: 1)
        let before = try Files.list(run.checkpointsPath)
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 100, rlim_max: 100)
        precondition(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        let text = message { try run.write(Training(updates: 2).checkpoint, keeping: 1) }
        precondition(text.hasPrefix("cannot write \(run.checkpointPath(step: 2)): "), text)
        let after = try Files.list(run.checkpointsPath)
        precondition(before == after, "\(after)")
        let latest = try run.latestCheckpoint()
        precondition(latest?.step == 1)
      }
    }
  }
}

@Suite struct CheckpointFolderTests {
  @Test func configurationsComeBack() throws {
    struct Configuration: Codable, Equatable {
      var rate = 0.1
      var name = "a/b"
      var schedule = Schedule.noam(warmupSteps: 3, hiddenSize: 4)
    }
    struct Other: Codable { var steps: Int }
    try withRunFolder { run in
      try run.write(configuration: Configuration())
      #expect(try run.configuration(as: Configuration.self) == Configuration())
      #expect(
        message { _ = try run.configuration(as: Other.self) }
          == "cannot read \(run.configurationPath): it has no 'steps'")
      try Files.writeAtomically(to: run.configurationPath, Array("{\"steps\": \"x\"}".utf8))
      let text = message { _ = try run.configuration(as: Other.self) }
      #expect(text.hasPrefix("cannot read \(run.configurationPath): 'steps' has the wrong type"))
      #expect(
        message { try run.write(configuration: ["rate": Double.nan]) }
          .hasPrefix("cannot write \(run.configurationPath): "))
    }
  }

  @Test func foldersThatCannotBeWrittenAreRefusedAtOnce() throws {
    try withRunFolder { run in
      try Files.writeAtomically(to: run.path + "/file", [])
      let below = run.path + "/file/run"
      let text = message { _ = try RunFolder(creating: below) }
      #expect(text.contains(below) && text.contains("not a directory") && !text.contains("\n"))
      #expect(
        message { _ = try RunFolder(existing: run.path + "/none") }.contains("no such folder"))
      #expect(message { _ = try RunFolder(existing: run.path + "/file") }.contains("not a folder"))
      try Files.createDirectory(run.path + "/empty")
      #expect(
        message { _ = try RunFolder(existing: run.path + "/empty") }.contains("neither config.json")
      )
      #expect(try RunFolder(existing: run.path) == run)
    }
  }

  @Test func onlyOneTrainingWritesARun() throws {
    try withRunFolder { run in
      var lock: RunLock? = try run.lock()
      let text = message { _ = try run.lock() }
      #expect(text.contains(run.path) && text.contains("process \(getpid())"))
      withExtendedLifetime(lock) {}
      lock = nil
      _ = try run.lock()
    }
  }

  @Test func leftoversOfAKilledTrainingAreIgnoredAndRemoved() throws {
    try withRunFolder { run in
      try run.write(Training(updates: 1).checkpoint, keeping: 1)
      let leftovers = [
        run.checkpointsPath + "/.cajal-abc.partial", run.path + "/.cajal-def.partial",
      ]
      for path in leftovers { try Files.writeAtomically(to: path, [1, 2, 3]) }
      #expect(try run.checkpointSteps() == [1])
      let lock = try run.lock()
      #expect(leftovers.allSatisfy { !Files.exists($0) })
      #expect(try run.latestCheckpoint()?.step == 1)
      withExtendedLifetime(lock) {}
    }
  }
}

/// A training of a made-up model with two parameters and padding.
struct Training {
  static let group = ParameterGroup(
    "model",
    [
      Parameter(path: "body/kernel", shape: [3, 2], offset: 0),
      Parameter(path: "body/bias", shape: [2], offset: 16),
    ], count: 32)
  static let layout = ParameterLayout([group])
  static let optimizer = Optimizer.adam(.constant(0.1))

  var weights = ParameterValues([values(0)])
  var state: OptimizerState
  var average = WeightAverage(of: values(0), decay: 0.9)

  init(updates: Int = 0) throws {
    state = try OptimizerState(Self.optimizer, for: Self.group)
    for step in 0..<updates { update(step) }
  }

  static func values(_ seed: Int) -> Tensor<Float> {
    var values = [Float](repeating: 0, count: group.count)
    for index in group.parameters.flatMap(\.range) {
      values[index] = Float(sin(Double(index + 20 * seed + 1)))
    }
    return Tensor(values)
  }

  mutating func update(_ step: Int) {
    _ = state.update(parameters: &weights.buffers[0], gradients: Self.values(step + 1))
    average.update(with: weights.buffers[0])
  }

  var checkpoint: Checkpoint {
    Checkpoint(
      step: state.step, layout: Self.layout, weights: weights, optimizers: [state],
      averages: [average], seed: .max, examplesSeen: 8 * state.step)
  }

  var bits: [UInt32] {
    let tensors = [weights.buffers[0], average.values] + state.namedTensors.map(\.tensor)
    return tensors.flatMap { $0.scalars.map(\.bitPattern) }
  }
}
