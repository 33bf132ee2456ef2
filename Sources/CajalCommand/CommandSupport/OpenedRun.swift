import Cajal
import CajalSupport

/// A trained run with what it recorded of its data.
struct OpenedRun {
  let trained: TrainedRun<Img2ImgTransformer>
  let data: PictureDataRecord

  init(_ folder: String, report: (String) -> Void = { _ in }) throws {
    trained = try TrainedRun(folder, report: report)
    data = try trained.dataRecord()
    do {
      try model.checkWeights()
    } catch {
      throw FileError(path: trained.checkpoint, attempt: "use checkpoint", reason: "\(error)")
    }
  }

  var path: String { trained.path }
  var step: Int { trained.step }
  var model: Img2ImgTransformer { trained.model }

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
    let input = PixelShape(
      height: model.inputRows, width: model.inputColumns, channels: model.channels)
    let target = PixelShape(square: model.targetLength, channels: model.channels)
    guard problem.inputShape == input, problem.targetShape == target else {
      throw TrainingError.unsuitableData(
        "the model of \(path) goes from \(input) to \(target), and \(problem.name) from "
          + "\(problem.inputShape) to \(problem.targetShape)")
    }
    guard !data.evaluationExamples.isEmpty else {
      throw TrainingError.unsuitableData(
        "\(folder.path) has no held-out examples; make data with --evaluation-section")
    }
    return data
  }
}
