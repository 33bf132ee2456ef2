import ArgumentParser
import Cajal
import CajalReports
import CajalSupport

/// `cajal train`: trains a model on stored tiles.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model on stored tiles.",
    discussion: """
      Example: cajal train --data data/sections --run runs/first

      Stop it with Ctrl-C whenever you like: it writes a checkpoint first and exits with status \
      130. After that, as after a crash, continue with: cajal train --resume --run runs/first
      """)

  @OptionGroup var data: TrainingDataOptions

  @OptionGroup var problem: ProblemChoice

  @Option(help: "The kind of model; by default the one of --hparams. See cajal info.")
  var model: String?

  @Option(
    help: """
      The set of hyperparameters; see cajal info. (default: \(ModelRegistry.standard.defaultSet))
      """)
  var hparams: String?

  @Option(
    name: .customLong("set"), help: "A hyperparameter to change as name=value. May be repeated.")
  var overrides: [String] = []

  @Option(
    help: """
      With --initialize-from RUN: train a copy of RUN's network against a discriminator, for \
      --decoding crisp, with this weight of the adversarial loss, such as 0.02; the same as --set \
      adversarial_weight=0.02.
      """)
  var adversarial: Double?

  @Option(
    help: """
      With --adversarial: let pictures vary with a code of this many numbers, such as 4, which the \
      discriminator has to tell from them (InfoGAN); the same as --set adversarial_code=4.
      """)
  var adversarialCode: Int?

  @Option(help: "Updates that make the whole run; some sets of hyperparameters have a default.")
  var steps: Int?

  @Option(
    help: """
      About how long to train, instead of --steps: the first updates are timed, and the number that \
      fits is recorded as the run's steps.
      """)
  var minutes: Double?

  @Option(name: .customLong("run"), help: "The run folder, for checkpoints and the log.")
  var runFolder: String

  @OptionGroup var begin: ResumeOptions

  @Option(
    help: "Decides first weights, crops, order and dropout. (default: 1)",
    transform: SeedText.parse)
  var seed: UInt64?

  @Option(
    help: """
      Threads that share a batch; by default one per core, on a GPU one, as far as the batch has pictures.
      """)
  var replicas: Int?

  @Option(
    help: "Pictures that a thread takes at a time; by default as the model says, on a GPU all.")
  var microBatch: Int?

  @Option(help: "Steps between evaluations; 0 for none. (default: 500)")
  var evaluateEvery: Int?

  @Option(help: "Held-out examples that such an evaluation looks at. (default: 64)")
  var evaluationExamples: Int?

  @Option(help: "Steps between checkpoints. (default: 200)")
  var checkpointEvery: Int?

  @Option(help: "Checkpoints to keep. (default: 3)")
  var keep: Int?

  @Option(
    help: """
      Draw so many held-out examples with their predictions at each checkpoint, into the run \
      folder's panels, for cajal report. (default: 0)
      """)
  var panels: Int?

  @Flag(
    help: """
      Write event files for TensorBoard into the run folder's tensorboard (tensorboard --logdir \
      RUN), or into --tensorboard-folder.
      """)
  var tensorboard = false

  @Option(help: "The folder of TensorBoard's event files; implies --tensorboard.")
  var tensorboardFolder: String?

  @OptionGroup var device: DeviceOptions
  @OptionGroup var results: ResultOutput

  func validate() throws {
    try TrainingTime.validate(steps: steps, minutes: minutes, longest: 43_200)
    try NumberRange.check([
      ("--replicas", replicas ?? 1, 1...TrainerOptions.maximumReplicas),
      ("--micro-batch", microBatch ?? 1, 1...TrainerOptions.maximumBatchSize),
      ("--evaluate-every", evaluateEvery ?? 0, 0...Int.max),
      ("--evaluation-examples", evaluationExamples ?? 0, 0...Int.max),
      ("--adversarial-code", adversarialCode ?? 0, 0...64),
      ("--checkpoint-every", checkpointEvery ?? 1, 1...Int.max), ("--keep", keep ?? 1, 1...Int.max),
      ("--panels", panels ?? 0, 0...PanelObserver<RestorationModel>.mostExamples),
    ])
    if begin.resumption == .never { try checkIsComplete() }
    if begin.resume, minutes != nil {
      throw ValidationError(
        "--minutes is for a new run; one that is resumed has its number of steps, which --steps "
          + "changes")
    }
    if let adversarial, !(adversarial > 0 && adversarial.isFinite) {
      throw ValidationError(
        "--adversarial is a positive number, such as 0.02, not \(adversarial)")
    }
    if let model { _ = try ModelRegistry.standard.kind(named: model) }
  }

  /// All changes of hyperparameters as `name=value`.
  var changes: [String] {
    [
      adversarial.map { "adversarial_weight=\($0)" },
      adversarialCode.map { "adversarial_code=\($0)" },
    ].compactMap { $0 } + overrides
  }

  /// A run that is not resumed needs these.
  func checkIsComplete() throws {
    guard data.path != nil else {
      throw ValidationError("name the folder that datagen stored the tiles in with --data")
    }
  }

  func run() throws { try run(try kind(in: .standard)) }

  /// Trains a model of a kind.
  func run<M: ProblemModel>(_ kind: M.Type) throws {
    let progress = ProgressLine()
    let plan = try TrainingPlan<M>(self, reportingTo: progress)
    let stop = Stopping.signal()
    let display = TrainingDisplay(on: progress, introduction: plan.introduction)
    let history = try fit(plan, stop: stop, display, progress)
    progress.finish()
    let summary = TrainingSummary(history, run: runFolder, display.figures)
    try results.write(summary, text: summary.text)
    try Stopping.exitIfStopped(by: stop)
  }

  /// Trains; broken checkpoints are reported when there is a good one to continue from, else in the
  /// error.
  private func fit<M: ProblemModel>(
    _ plan: TrainingPlan<M>, stop: StopSignal, _ display: TrainingDisplay, _ line: ProgressLine
  ) throws -> TrainingHistory<M> {
    let recorders = try recorders(plan)
    do {
      return try plan.trainer.fit(
        plan.data, steps: plan.steps, resume: begin.resumption, stop: stop,
        observers: [display] + recorders)
    } catch {
      line.finish()
      throw display.skipped.explain(error)
    }
  }

  /// What writes event files and panels.
  private func recorders<M: ProblemModel>(
    _ plan: TrainingPlan<M>
  ) throws -> [any TrainingObserver] {
    // The trainer checks the run folder; this one should not fail after the first steps either.
    if let tensorboardFolder {
      try Files.createDirectory(tensorboardFolder)
      try Files.checkWritable(directory: tensorboardFolder)
    }
    let folder = tensorboardFolder ?? (tensorboard ? runFolder + "/tensorboard" : nil)
    let tensorBoard = folder.map { TensorBoardObserver(folder: $0, run: runFolder) }
    var observers: [any TrainingObserver] = tensorBoard.map { [$0] } ?? []
    if let panels {
      observers.append(
        PanelObserver(
          runFolder, of: M.self, plan.data, count: panels,
          on: plan.trainer.model.parameters.device, tensorBoard: tensorBoard))
    }
    return observers
  }
}
