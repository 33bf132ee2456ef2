import Cajal
import CajalSupport
import TestBackends
import Testing

/// Measures that a model reports beside its loss.
@Suite struct MeasureTests {
  /// A scale that learns to multiply by three: `loss` is the squared error, and reported are the
  /// absolute error and the mean of the inputs.
  struct ScaleModel: Model {
    struct Configuration: Codable, Hashable, Sendable {
      var isChecked = false
      var hasSecondObjective = false
    }

    static let kind = "scale"
    static let lossUnit = "units"
    static let trainingLossUnit = ""

    let configuration: Configuration
    let layout: ParameterLayout
    var parameters: ParameterValues
    private let scale: Parameter

    init(configuration: Configuration, on device: Device) throws {
      self.configuration = configuration
      var builder = ParameterBuilder()
      scale = builder.declare("scale", shape: [1], initializer: .constant(1))
      layout = builder.layout
      parameters = try layout.initialValues(seed: 1, on: device)
    }

    var objectives: [Objective] {
      configuration.hasSecondObjective ? [.loss, Objective("second")] : [.loss]
    }

    var trainingDefaults: TrainingDefaults { TrainingDefaults(batchSize: 5, microBatchSize: 2) }

    func loss(_ batch: Tensor<Float>, objective: Objective, _ pass: ForwardPass) -> Variable {
      guard configuration.isChecked else { return Self.loss(batch, scale, pass) }
      return pass.checkpoint([]) { [scale] _, pass in Self.loss(batch, scale, pass) }
    }

    private static func loss(
      _ batch: Tensor<Float>, _ scale: Parameter, _ pass: ForwardPass
    ) -> Variable {
      let inputs = pass.tape.constant(batch)
      let error = inputs * pass(scale) - inputs * 3
      pass.report("absolute_error", error.abs().mean())
      pass.report("input", inputs.mean())
      return error.squared().mean()
    }
  }

  /// Example i is the number i + 1.
  struct Numbers: TrainingData {
    var device = Device.cpu
    var evaluationCount: Int { 2 }

    func trainingBatch(_ numbers: Range<Int>, step: Int, seed: UInt64) -> Tensor<Float> {
      Tensor(numbers.map { Float($0 % 5 + 1) }, shape: [numbers.count, 1], on: device)
    }

    func evaluationBatch(_ range: Range<Int>) -> Tensor<Float> {
      trainingBatch(range, step: 0, seed: 0)
    }
  }

  private func trainer(
    run: String, isChecked: Bool = false, on device: Device = .cpu
  ) throws -> Trainer<ScaleModel> {
    var options = TrainerOptions()
    options.replicas = 2
    options.logInterval = 3
    options.checkpointInterval = 1
    options.evaluationInterval = 4
    return Trainer(
      model: try ScaleModel(configuration: .init(isChecked: isChecked), on: device),
      optimizer: .sgd(.constant(0.01)), run: run, options: options)
  }

  @Test(arguments: [false, true]) func measuresAreAveragedAsTheLossIs(isChecked: Bool) throws {
    try withRunFolder { run in
      let events = Events()
      let history = try trainer(run: run.path + "/run", isChecked: isChecked)
        .fit(Numbers(), steps: 4, observers: [events])
      let steps = events.all.compactMap { if case .step(let step) = $0 { step } else { nil } }
      // Micro-batches of two, two and one example: the mean is over all five.
      #expect(steps[0].measures.map(\.name) == ["absolute_error", "input"])
      #expect(steps[0].measures[0].value == 6 && steps.allSatisfy { $0.measures[1].value == 3 })
      #expect(steps[0].loss == 44)
      #expect(
        events.all.compactMap { $0.line() }[0].hasPrefix(
          "step 1/4: loss 44.0000 (absolute error 6.0000, input 3.0000), "))
      #expect(events.all.compactMap { $0.line() }.contains { $0.hasSuffix(" units") })
      let records = history.records.filter { $0.kind == "train" }
      #expect(records.map(\.step) == [3, 4] && records.allSatisfy { $0["input"] == 3 })
      let mean = steps[..<3].map { $0.measures[0].value }.reduce(0, +) / 3
      #expect(records[0]["absolute_error"] == mean)
      #expect(records[1]["absolute_error"] == steps[3].measures[0].value)
      #expect(history.records.first { $0.kind == "evaluation" }?["input"] == nil)
    }
  }

  /// The mean of a line of the log is over the steps before and after a stop.
  @Test func measuresSurviveAStop() throws {
    try withRunFolder { run in
      let whole = try trainer(run: run.path + "/whole").fit(Numbers(), steps: 6)
      let folder = run.path + "/resumed"
      let session = try TrainingSession(trainer(run: folder), Numbers(), steps: 6)
      for _ in 0..<5 { try session.makeStep() }
      let snapshot = session.snapshot()
      #expect(snapshot.pendingMeasures["input"]?.count == 2)
      _ = try session.finish()
      _ = consume session
      let file = try CheckpointFile(
        contentsOf: RunFolder(existing: folder).checkpointPath(step: 5))
      #expect(file.pendingMeasures == snapshot.pendingMeasures)
      let resumed = try trainer(run: folder).fit(Numbers(), steps: 6, resume: true)
      #expect(resumed.losses().map(\.loss) == whole.losses().map(\.loss))
      let name = "absolute_error"
      #expect(
        resumed.records.compactMap { $0[name] } == whole.records.compactMap { $0[name] })
    }
  }

  /// One tensor per replica, the norm of the gradient, and whether the weights are finite.
  @Test func measuresAreReadWithTheLoss() throws {
    try withRunFolder { run in
      let backend = LateBackend()
      var trainer = try trainer(run: run.path + "/run", on: Device(backend))
      trainer.options.evaluationInterval = 0
      trainer.options.checkpointInterval = 100
      let data = Numbers(device: Device(backend))
      let session = try TrainingSession(trainer, data, steps: 100)
      try session.makeStep()
      for _ in 0..<3 {
        let before = backend.roundTrips
        try session.makeStep()
        #expect(backend.roundTrips - before == 4)
      }
    }
  }

  @Test func measuresOfSeveralObjectives() throws {
    try withRunFolder { run in
      var trainer = try trainer(run: run.path + "/run")
      trainer.model = try ScaleModel(configuration: .init(hasSecondObjective: true), on: .cpu)
      let records = try trainer.fit(Numbers(), steps: 1).records
      let record = try #require(records.first { $0.kind == "train" })
      #expect(record["input"] == 3 && record["input_second"] == 3)
      let (first, second) = (record["absolute_error"], record["absolute_error_second"])
      #expect(first == 6 && second ?? 6 < 6)
    }
  }

  @Test func microBatchesAreAsTheModelSays() throws {
    try withRunFolder { run in
      _ = try trainer(run: run.path + "/run").fit(Numbers(), steps: 1)
      let folder = try RunFolder(existing: run.path + "/run")
      let recorded: ModelRunConfiguration<ScaleModel> = try folder.configuration()
      #expect(recorded.options.microBatchSize == 2 && recorded.options.batchSize == 5)
      var other = try trainer(run: run.path + "/run")
      other.options.microBatchSize = 3
      let error = message { _ = try other.fit(Numbers(), steps: 2, resume: true) }
      #expect(error.contains("the micro-batch size is 3, was 2"))
    }
  }
}
