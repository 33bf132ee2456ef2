import CajalAutodiff
import CajalSupport
public import CajalTensor

/// A finished or stopped run, opened for use: its configuration and the model of its newest valid
/// checkpoint.
public struct TrainedRun<M: Model>: Sendable {
  /// The folder.
  public let path: String
  /// The configuration of the run.
  public let configuration: ModelRunConfiguration<M>
  /// The model: with the average of the weights where one was kept.
  public let model: M
  /// The number of updates of the model.
  public let step: Int
  /// The checkpoint file.
  public let checkpoint: String

  /// Opens a run.
  ///
  /// - Parameters:
  ///   - path: The run folder.
  ///   - step: Which checkpoint; `nil` takes the newest good one.
  ///   - device: Where the model's weights are to be.
  ///   - report: Called with one line for each broken checkpoint that is skipped.
  /// - Throws: An error that names the file and the reason.
  public init(
    _ path: String, step: Int? = nil, on device: Device = .cpu,
    report: (String) -> Void = { _ in }
  ) throws {
    self.path = path
    let folder = try RunFolder(existing: path)
    configuration = try folder.configuration(isComplete: false)
    let file =
      try step.map { try folder.checkpoint(step: $0) }
      ?? folder.latestCheckpoint(report: report)
    guard let file else { throw TrainingError.noCheckpoint(run: path) }
    func unusable(_ reason: String) -> FileError {
      FileError(path: folder.configurationPath, attempt: "read", reason: reason)
    }
    guard configuration.kind == M.kind else {
      throw unusable("its model is \(configuration.kind), not \(M.kind)")
    }
    var model: M
    do {
      model = try M(configuration: configuration.model, on: device)
      try model.validate()
    } catch {
      throw unusable("\(error)")
    }
    model.parameters = try file.averageOrWeights(for: model.layout, on: device)
    self.model = model
    self.step = file.step
    checkpoint = file.path
  }

  /// Returns the record of the run's data. Keys of `config.json` that neither the configuration
  /// nor `Record` has are refused.
  ///
  /// - Throws: An error that names the file and the key.
  public func dataRecord<Record: DataRecord>(as type: Record.Type = Record.self) throws -> Record {
    try RunFolder(existing: path)
      .configuration(as: RunConfiguration<M.Configuration, Record>.self).data
  }
}
