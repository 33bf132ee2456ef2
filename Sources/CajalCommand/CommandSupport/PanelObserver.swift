import Cajal
import CajalReports
import CajalSupport

/// Draws held-out examples with their predictions at each checkpoint, into the run's `panels`
/// folder.
final class PanelObserver<M: ProblemModel>: TrainingObserver {
  /// The most examples of a panel.
  static var mostExamples: Int { 16 }

  private let run: String
  private let data: Dataset
  private let examples: Range<Int>
  private let device: Device
  private let tensorBoard: TensorBoardObserver?

  /// An observer of a run.
  ///
  /// - Parameters:
  ///   - run: The run folder.
  ///   - kind: The kind of its model.
  ///   - data: The data with the held-out examples.
  ///   - count: How many of them are drawn.
  ///   - device: Where the model of a checkpoint predicts.
  ///   - tensorBoard: Gets the panels too.
  init(
    _ run: String, of kind: M.Type, _ data: Dataset, count: Int, on device: Device,
    tensorBoard: TensorBoardObserver? = nil
  ) {
    self.run = run
    self.data = data
    examples = 0..<min(count, data.evaluationExamples.count)
    self.device = device
    self.tensorBoard = tensorBoard
  }

  /// Draws a panel when a checkpoint was written, and removes those of later steps when the run was
  /// resumed.
  func observe(_ event: TrainingEvent) throws {
    let folder = RunPanels.folder(ofRun: run)
    switch event {
    case .resumed(let step, _): try RunPanels.remove(after: step, in: folder)
    case .saved(let step, _):
      guard !examples.isEmpty else { return }
      let model = try TrainedRun<M>(run, step: step, on: device).model
      let inputs = try data.evaluationExamples[examples].map { try $0.example().input }
      let panel = try PredictionPanel(
        data, examples: examples, predictions: model.predict(inputs)
      ).image
      try Files.createDirectory(folder)
      try panel.write(to: RunPanels.path(step: step, in: folder))
      try tensorBoard?.write(panel, named: "predictions", step: step)
    default: break
    }
  }
}
