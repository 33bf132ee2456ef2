import ArgumentParser
import Cajal
import Foundation

/// `throughput quality`: how soon a training run is good.
struct Quality: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a restoration model and print the seconds until it passes Lanczos.",
    discussion: """
      A line is an evaluation: the seconds of training so far, without evaluations, the gain in PSNR of the one-pass \
      picture over Lanczos, and the nats per sub-pixel, on a fixed choice of held-out tiles. Evaluations follow each \
      other at geometric intervals. The last lines are the seconds until a milestone, interpolated between \
      evaluations. peers/quality.py does the same with PyTorch.
      """)

  @Option(help: "The folder of a data set that datagen made.")
  var data: String

  @Option(help: "The set of hyperparameters.")
  var hparams = "restoration_base"

  @Option(help: "The number of updates, on which the schedule depends.")
  var steps: Int?

  @Option(help: "Minutes to train, which set the number of updates by their pace. (default: 10)")
  var minutes: Double?

  @Option(help: "The number of held-out tiles.")
  var tiles = 128

  @Option(help: "Threads that work is spread over. (default: one a core)")
  var threads: Int?

  @Flag(help: "Print a JSON object per line.")
  var json = false

  func validate() throws {
    guard steps == nil || minutes == nil else {
      throw ValidationError("--steps or --minutes says how long to train; give one of them")
    }
    guard steps ?? 1 >= 1, minutes ?? 1 > 0, tiles >= 1, threads ?? 1 >= 1 else {
      throw ValidationError("--steps, --minutes, --tiles and --threads are positive")
    }
  }

  func run() throws {
    try Threads.limited(to: threads ?? Threads.count, train)
  }

  private func train() throws {
    let dataset = try Dataset(at: data)
    let model = try RestorationModel(
      RestorationHyperparameters.named(hparams), for: dataset.problem, seed: 1, on: .cpu)
    let heldOut = try HeldOutTiles(dataset, count: tiles)
    let folder = try TemporaryFolder()
    let count = try steps ?? affordableSteps(model, dataset, folder)
    let session = try Self.session(model, dataset, steps: count, run: folder.path("run"))
    var curve = LearningCurve()
    var trained = 0.0
    while session.step < count {
      let start = BenchmarkCase.now
      try session.makeStep()
      trained += BenchmarkCase.now - start
      guard trained >= curve.nextSeconds || session.step == count else { continue }
      let point = try heldOut.point(
        of: session.averagedModel, step: session.step, seconds: trained)
      curve.add(point)
      try report(
        point,
        String(
          format: "%8d steps %8.1f s  Lanczos %+.2f dB  %.3f nats", point.step, point.seconds,
          point.gain, point.nats))
    }
    for milestone in curve.milestones {
      try report(
        milestone,
        milestone.name
          + (milestone.seconds.map { String(format: ": %.1f s", $0) } ?? ": not reached"))
    }
  }

  /// The updates that fit into the time, by the pace of a few after the first.
  private func affordableSteps(
    _ model: RestorationModel, _ dataset: Dataset, _ folder: TemporaryFolder
  ) throws -> Int {
    let (warmUp, timed) = (5, 40)
    let session = try Self.session(
      model, dataset, steps: warmUp + timed, run: folder.path("trial"))
    for _ in 0..<warmUp { try session.makeStep() }
    let start = BenchmarkCase.now
    for _ in 0..<timed { try session.makeStep() }
    let seconds = (BenchmarkCase.now - start) / Double(timed)
    return max(1, Int((minutes ?? 10) * 60 / seconds))
  }

  /// A run that evaluates and saves nothing by itself.
  private static func session(
    _ model: RestorationModel, _ dataset: Dataset, steps: Int, run: String
  ) throws -> TrainingSession<RestorationModel, PictureData<RestorationModel>> {
    var options = TrainerOptions()
    options.evaluationInterval = 0
    options.checkpointInterval = steps + 1
    options.logInterval = steps + 1
    // One step more is never made: the last one writes a checkpoint.
    return try TrainingSession(
      Trainer(model: model, steps: steps, run: run, options: options),
      PictureData(dataset, for: model), steps: steps + 1)
  }

  private func report(_ value: some Encodable, _ text: String) throws {
    var options = Options()
    options.json = json
    try options.report(value, text: text)
  }
}
