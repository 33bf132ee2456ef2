import CajalFiles
import CajalImages
public import CajalModels
import CajalOptimizers

/// A run folder opened for use: its configuration and the model of its newest good checkpoint.
public struct TrainedRun: Sendable {
  /// The folder.
  public let path: String
  /// What the training was started with.
  public let configuration: RunConfiguration
  /// The model: with the average of the weights where one was kept.
  public let model: Img2ImgTransformer
  /// The updates that it has seen.
  public let step: Int
  /// The file that it came from.
  public let checkpoint: String

  /// Opens a run.
  ///
  /// - Parameters:
  ///   - path: The run folder.
  ///   - step: Which checkpoint; `nil` takes the newest good one.
  ///   - report: Called with one line for each broken checkpoint that is skipped.
  /// - Throws: An error that names the file and the reason.
  public init(_ path: String, step: Int? = nil, report: (String) -> Void = { _ in }) throws {
    self.path = path
    let folder = try RunFolder(existing: path)
    configuration = try folder.configuration()
    let file =
      try step.map { try folder.checkpoint(step: $0) }
      ?? folder.latestCheckpoint(report: report)
    guard let file else { throw TrainingError.noCheckpoint(run: path) }
    let settings = configuration.model
    var model: Img2ImgTransformer
    do {
      model = try Img2ImgTransformer(
        settings.hyperparameters, inputRows: settings.inputRows,
        inputColumns: settings.inputColumns)
    } catch {
      throw FileError(path: folder.configurationPath, attempt: "read", reason: "\(error)")
    }
    guard configuration.whiteLevel.map({ (1...65535).contains($0) }) ?? true else {
      throw FileError(
        path: folder.configurationPath, attempt: "read",
        reason: "its white level is not in 1 to 65535")
    }
    guard settings.normalization.map({ $0.channels == model.channels }) ?? true else {
      throw FileError(
        path: folder.configurationPath, attempt: "read",
        reason: "its normalization is not of the model's \(model.channels) channels")
    }
    model.normalization = settings.normalization
    let layout = FlatLayout(model.layout)
    model.parameters = try file.averageWeights(for: layout) ?? file.weights(for: layout)
    self.model = model
    self.step = file.step
    checkpoint = file.path
  }
}
