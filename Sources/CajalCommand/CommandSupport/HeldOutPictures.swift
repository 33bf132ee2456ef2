import ArgumentParser
import Cajal

/// The options that say what a run is shown of held-out tiles.
struct HeldOutPictures: ParsableArguments {
  @Option(
    help: """
      Another problem of the same ratio to make the examples for, instead of the run's, for models \
      of pictures of any size; cajal info lists them.
      """)
  var problem: String?

  @Option(
    help: """
      Pixels of the stored tile that inputs show on each side beyond the problem's size, in pixels \
      of the input; the filters get them too, and only what lies within them is compared. For \
      models of pictures of any size.
      """)
  var context = 0

  func validate() throws {
    guard (0...1024).contains(context) else {
      throw ValidationError("--context is from 0 to 1024, not \(context)")
    }
  }

  /// The data for the run's model, with the context.
  func data(
    _ folder: DataFolder, for run: OpenedRun, reportingTo progress: ProgressLine
  ) throws -> Dataset {
    let data = try run.openData(
      folder, for: problem.map(run.problem(named:)), reportingTo: progress)
    guard context > 0 else { return data }
    guard case .anySize = run.model.pictureShapes else {
      throw ValidationError(
        "--context \(context): the model of \(run.path) takes inputs of one size only, from "
          + "\(run.model.pictureShapes); leave --context out")
    }
    let wider = try data.withEvaluationContext(context)
    progress.say(
      "\(wider.evaluationExamples.count) held-out crops have a context of \(context) input pixels "
        + "inside their tile, on a grid of their own; without context there are "
        + "\(data.evaluationExamples.count)")
    return wider
  }
}
