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

  @Option(help: "The folder that datagen stored the tiles in.")
  var data: String

  @Option(help: "What is to be learnt; by default what the data was made for.")
  var problem: String?

  @Option(
    name: .customLong("option"), help: "An option of the problem as name=value. May be repeated.")
  var problemOptions: [String] = []

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

  func run() throws {
    guard model == ModelSettings.img2imgTransformer else {
      throw ValidationError(
        "there is no model \(model); there is \(ModelSettings.img2imgTransformer)")
    }
    var hyperparameters = try Img2ImgHyperparameters.named(hparams)
    try hyperparameters.apply(overrides: overrides)
    let dataset = try openData()
    let transformer = try Img2ImgTransformer(
      hyperparameters, for: dataset.problem, seed: seed)
    let trainer = Trainer(
      model: transformer, optimizer: transformer.hyperparameters.optimizer(steps: steps),
      run: runFolder,
      options: options)
    let progress = ProgressLine()
    let stop = StopSignal()
    progress.say(
      """
      \(hparams): \(transformer.layout.parameterCount) parameters; \
      \(dataset.trainingTiles.count) training tiles, \
      \(dataset.evaluationExamples.count) held-out examples
      """)
    let history = try trainer.fit(dataset, steps: steps, resume: resume, stop: stop) {
      Self.show($0, on: progress)
    }
    progress.finish()
    print(
      history.wasStopped
        ? "stopped at step \(history.step); go on with --resume"
        : "trained \(history.step) steps in \(runFolder)")
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

  private func openData() throws -> Dataset {
    let settings = try OptionTexts.parse(problemOptions)
    guard problem != nil || !settings.isEmpty else { return try Dataset(at: data) }
    let stored = try Dataset(at: data).summary
    let chosen = try ProblemRegistry.standard.problem(
      named: problem ?? stored.request.problem, options: settings)
    return try Dataset(at: data, for: chosen)
  }

  private static func show(_ event: TrainingProgress, on line: ProgressLine) {
    switch event {
    case .resumed(let step, let checkpoint):
      line.say("going on from step \(step), \(checkpoint)")
    case .skippedCheckpoint(let reason): line.say("skipped: \(reason)")
    case .evaluated(let step, let loss): line.say("step \(step): held-out loss \(loss) nats")
    case .saved: break
    case .step(let step):
      line.show(
        ProgressBar(total: step.steps, first: step.firstStep, width: line.width).line(
          step: step.step, loss: step.loss, imagesPerSecond: step.imagesPerSecond,
          elapsed: step.elapsed))
    }
  }
}
