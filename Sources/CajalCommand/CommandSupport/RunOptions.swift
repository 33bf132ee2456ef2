import ArgumentParser
import Cajal
import CajalSupport

/// The option that names a run folder, and access to it.
struct RunOptions: ParsableArguments {
  @Option(name: .customLong("run"), help: "The folder of a run.")
  var folder: String

  /// The model of the newest good checkpoint.
  ///
  /// - Throws: an error that names the file; where every checkpoint is broken, the reason of the
  ///   newest.
  func open(reportingTo progress: ProgressLine) throws -> OpenedRun {
    try reporting(to: progress) { try OpenedRun(folder, report: $0) }
  }

  /// The run of a model whose kind is known.
  func open<M: ProblemModel>(
    as kind: M.Type, reportingTo progress: ProgressLine
  ) throws -> TrainedRun<M> {
    try reporting(to: progress) { try OpenedRun.checked(TrainedRun<M>(folder, report: $0)) }
  }

  /// Opens a run and reports the broken checkpoints that it had to skip.
  private func reporting<Run>(
    to progress: ProgressLine, _ open: ((String) -> Void) throws -> Run
  ) throws -> Run {
    var skipped = SkippedCheckpoints()
    do {
      let run = try open { skipped.reasons.append($0) }
      skipped.reasons.forEach { progress.say("skipped: \($0)") }
      return run
    } catch {
      throw skipped.explain(error)
    }
  }
}

/// The broken checkpoints of a run, newest first.
struct SkippedCheckpoints {
  var reasons: [String] = []

  /// A replacement of `error`: the reason why there is no checkpoint is more helpful.
  func explain(_ error: any Error) -> any Error {
    guard case TrainingError.noCheckpoint(let run) = error, let first = reasons.first else {
      return error
    }
    let others = reasons.count == 1 ? "" : " (and \(reasons.count - 1) older ones)"
    return ValidationError("\(first)\(others); \(run) has no other checkpoint to resume from")
  }
}

/// A trained run of any kind of model with what it recorded of its data.
struct OpenedRun {
  let path: String
  let step: Int
  let model: any ProblemModel
  let data: PictureDataRecord

  /// Opens a run.
  ///
  /// - Throws: an error that names the file.
  init(
    _ folder: String, in registry: ModelRegistry = .standard, report: (String) -> Void = { _ in }
  ) throws {
    self = try Self.open(registry.kind(ofRun: RunFolder(existing: folder)), folder, report)
  }

  private static func open<M: ProblemModel>(
    _ kind: M.Type, _ folder: String, _ report: (String) -> Void
  ) throws -> OpenedRun {
    let trained = try TrainedRun<M>(folder, report: report)
    let data: PictureDataRecord = try trained.dataRecord()
    return OpenedRun(try checked(trained), data)
  }

  private init(_ trained: TrainedRun<some ProblemModel>, _ data: PictureDataRecord) {
    path = trained.path
    step = trained.step
    model = trained.model
    self.data = data
  }

  /// A run whose weights are finite.
  ///
  /// - Throws: an error that names the checkpoint.
  static func checked<M: ProblemModel>(_ trained: TrainedRun<M>) throws -> TrainedRun<M> {
    do {
      try trained.model.checkWeights()
    } catch {
      throw FileError(path: trained.checkpoint, attempt: "use checkpoint", reason: "\(error)")
    }
    return trained
  }

  /// The problem of the model.
  var problem: any Problem {
    get throws {
      try ProblemRegistry.standard.problem(
        named: data.problem, options: data.problemOptions)
    }
  }

  /// Reads data for the run's problem.
  ///
  /// - Throws: an error that names the folder when it is no data set or has other pictures than the
  ///   model.
  func openData(_ folder: DataFolder, reportingTo progress: ProgressLine) throws -> Dataset {
    let problem = try problem
    let data = try folder.open(for: problem, reportingTo: progress)
    guard model.pictureShapes.fit(input: problem.inputShape, target: problem.targetShape) else {
      throw TrainingError.unsuitableData(
        "the model of \(path) goes from \(model.pictureShapes), and \(problem.name) from "
          + "\(problem.inputShape) to \(problem.targetShape)")
    }
    guard !data.evaluationExamples.isEmpty else {
      throw TrainingError.unsuitableData(
        "\(folder.path) has no held-out examples; make data with --evaluation-section")
    }
    return data
  }
}
