import ArgumentParser
import Cajal

/// `cajal train`: trains a model on stored tiles.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model on stored tiles.",
    discussion: """
      Example: cajal train --data data/sections --hparams cajal2d_tiny --steps 2000 --run runs/first

      Stop it with Ctrl-C whenever you like: it writes a checkpoint first, and --resume goes on from there, \
      as it does after a crash.
      """)

  @OptionGroup var data: DataFolder

  @OptionGroup var problem: ProblemChoice

  @Option(help: "The kind of model.")
  var model = ModelSettings.img2imgTransformer

  @Option(help: "The set of hyperparameters; see cajal info.")
  var hparams = "cajal2d_tiny"

  @Option(
    name: .customLong("set"), help: "A hyperparameter to change as name=value. May be repeated.")
  var overrides: [String] = []

  @Option(help: "Updates that make the whole training.")
  var steps: Int

  @Option(name: .customLong("run"), help: "The run folder, for checkpoints and the log.")
  var runFolder: String

  @Flag(help: "Go on from the run folder's newest checkpoint.")
  var resume = false

  @Option(help: "Decides first weights, crops, order and dropout.")
  var seed: UInt64 = 1

  @Option(help: "Threads that share a batch; by default one a core.")
  var replicas: Int?

  @Option(help: "Pictures that a thread takes at a time.")
  var microBatch = 1

  @Option(help: "Steps between evaluations; 0 for none.")
  var evaluateEvery = 500

  @Option(help: "Held-out examples that such an evaluation looks at.")
  var evaluationExamples = 64

  @Option(help: "Steps between checkpoints.")
  var checkpointEvery = 200

  @Option(help: "Checkpoints to keep.")
  var keep = 3

  func validate() throws {
    try NumberRange.check([
      ("--steps", steps, 1...TrainerOptions.maximumSteps),
      ("--replicas", replicas ?? 1, 1...TrainerOptions.maximumReplicas),
      ("--micro-batch", microBatch, 1...TrainerOptions.maximumBatchSize),
      ("--evaluate-every", evaluateEvery, 0...Int.max),
      ("--evaluation-examples", evaluationExamples, 0...Int.max),
      ("--checkpoint-every", checkpointEvery, 1...Int.max), ("--keep", keep, 1...Int.max),
    ])
    guard model == ModelSettings.img2imgTransformer else {
      throw ValidationError(
        "--model \(model): there is no such model; there is \(ModelSettings.img2imgTransformer)")
    }
  }

  func run() throws {
    let set = try Img2ImgHyperparameters.named(hparams)
    var hyperparameters = set
    try hyperparameters.apply(overrides: overrides)
    try hyperparameters.validate()
    let names = try Img2ImgHyperparameters.names(in: overrides)
    try hyperparameters.checkEffect(of: names, since: set)
    let progress = ProgressLine()
    let dataset = try problem.open(data, reportingTo: progress)
    try hyperparameters.checkPictures(of: names, fit: dataset.problem)
    let transformer = try Img2ImgTransformer(
      hyperparameters, for: dataset.problem, seed: seed)
    let trainer = Trainer(
      model: transformer, optimizer: transformer.hyperparameters.optimizer(steps: steps),
      run: runFolder, options: options)
    let stop = StopSignal()
    let history = try fit(trainer, dataset, stop: stop, progress)
    progress.finish()
    print(
      history.wasStopped
        ? "stopped at step \(history.step); go on with --resume"
        : "trained \(history.step) steps in \(runFolder)")
  }

  /// Trains; broken checkpoints are told of when there is a good one to go on from, else in the error.
  private func fit(
    _ trainer: Trainer<Img2ImgTransformer>, _ data: Dataset, stop: StopSignal,
    _ line: ProgressLine
  ) throws -> TrainingHistory<Img2ImgTransformer> {
    var skipped = SkippedCheckpoints()
    var hasBegun = false
    do {
      return try trainer.fit(data, steps: steps, resume: resume, stop: stop) { event in
        if case .skippedCheckpoint(let reason) = event { return skipped.reasons.append(reason) }
        if !hasBegun {
          hasBegun = true
          skipped.reasons.forEach { line.say("skipped: \($0)") }
          line.say(introduction(trainer.model, data))
        }
        Self.show(event, on: line)
      }
    } catch {
      line.finish()
      throw skipped.explain(error)
    }
  }

  private func introduction(_ model: Img2ImgTransformer, _ data: Dataset) -> String {
    """
    \(hparams): \(model.layout.parameterCount) parameters; \(data.trainingTiles.count) training \
    tiles, \(data.evaluationExamples.count) held-out examples
    """
  }

  private var options: TrainerOptions {
    var options = TrainerOptions()
    options.seed = seed
    options.replicas = replicas
    options.microBatchSize = microBatch
    options.evaluationInterval = evaluateEvery
    options.evaluationExamples = evaluationExamples
    options.checkpointInterval = checkpointEvery
    options.checkpointsKept = keep
    return options
  }

  static func show(_ event: TrainingProgress, on line: ProgressLine) {
    switch event {
    case .resumed(let step, let checkpoint):
      line.say("going on from step \(step), \(checkpoint)")
    case .skippedCheckpoint(let reason): line.say("skipped: \(reason)")
    case .evaluated(let step, let loss):
      line.say("step \(step): held-out loss \(Figures.fixed(loss, 4)) nats per sub-pixel")
    case .saved(let step, let checkpoint):
      // On a terminal the bar alone tells enough; a file of output should show what can be resumed.
      if !line.isTerminal { line.say("step \(step): wrote \(checkpoint)") }
    case .step(let step):
      line.show(
        ProgressBar(total: step.steps, first: step.firstStep, width: line.width).line(
          step: step.step, loss: step.loss, imagesPerSecond: step.imagesPerSecond,
          elapsed: step.elapsed))
    }
  }
}
