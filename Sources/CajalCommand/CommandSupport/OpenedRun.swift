import Cajal
import CajalSupport

/// A trained run of any kind of model with what it recorded of its data.
struct OpenedRun {
  let path: String
  let step: Int
  let model: any ProblemModel
  let data: PictureDataRecord

  /// Opens a run, with the model's weights on a device.
  ///
  /// - Throws: an error that names the file.
  init(
    _ folder: String, on device: Device = .cpu, in registry: ModelRegistry = .standard,
    report: (String) -> Void = { _ in }
  ) throws {
    self = try Self.open(registry.kind(ofRun: RunFolder(existing: folder)), folder, device, report)
  }

  private static func open<M: ProblemModel>(
    _ kind: M.Type, _ folder: String, _ device: Device, _ report: (String) -> Void
  ) throws -> OpenedRun {
    let trained = try TrainedRun<M>(folder, on: device, report: report)
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

  /// Another problem, with the options of the run that it has too; its tiles are of a size of their
  /// own.
  func problem(named name: String) throws -> any Problem {
    let registry = ProblemRegistry.standard
    let known = try registry.problem(named: name).options
    return try registry.problem(
      named: name,
      options: data.problemOptions.filter { known[$0.key] != nil && $0.key != "tile_size" })
  }

  /// Reads data for the run's problem, or for another one.
  ///
  /// - Throws: an error that names the folder when it is no data set or has other pictures than the
  ///   model.
  func openData(
    _ folder: DataFolder, for other: (any Problem)? = nil, reportingTo progress: ProgressLine
  ) throws -> Dataset {
    let problem = try other ?? self.problem
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
