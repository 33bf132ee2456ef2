import ArgumentParser
import Cajal

/// The option for context around held-out examples.
struct ContextOptions: ParsableArguments {
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
    _ data: Dataset, for run: OpenedRun, reportingTo progress: ProgressLine
  ) throws -> Dataset {
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
