import ArgumentParser
import Cajal
import CajalSupport
import Foundation

/// `cajal demo`: all steps once, on synthetic tissue.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Make data, train, evaluate and draw, on synthetic tissue, in a few minutes.",
    discussion: """
      Example: cajal demo --output cajal-demo --minutes 2

      Everything that the commands make one by one ends up in the output folder: sections, data, \
      run, panel.png and loss.png. Ctrl-C during training writes a checkpoint and ends the demo; \
      cajal train --resume --run cajal-demo/run continues the run.
      """)

  @Option(name: .shortAndLong, help: "A new or empty folder. (default: cajal-demo)")
  var output: String?

  @Option(help: "Updates of the run; by default as many as fit the time.")
  var steps: Int?

  @Option(help: "About how long it may take. (default: 2)")
  var minutes: Double?

  func validate() throws {
    try NumberRange.check([("--steps", steps ?? 1, 1...TrainerOptions.maximumSteps)])
    if let minutes, !(minutes > 0 && minutes <= 1440) {
      throw ValidationError("--minutes is more than 0 and at most 1440, not \(minutes)")
    }
    guard steps == nil || minutes == nil else {
      throw ValidationError("--steps or --minutes says how long to train; give one of them")
    }
  }

  func run() throws {
    let demo = Demo(folder: try outputFolder(), progress: ProgressLine())
    let data = try demo.makeData()
    var hyperparameters = Img2ImgHyperparameters.cajal2DTiny
    try hyperparameters.apply(overrides: Demo.overrides)
    let model = try Img2ImgTransformer(hyperparameters, for: data.problem, seed: 1)
    let count = try steps ?? demo.affordableSteps(model, data, seconds: (minutes ?? 2) * 60)
    try demo.train(model, data, steps: count)
    try demo.evaluate(data)
  }

  /// The folder that was named, or the first of `cajal-demo`, `cajal-demo-2`, … that is free.
  private func outputFolder() throws -> String {
    func isFree(_ path: String) -> Bool {
      !Files.exists(path) || (try? Files.list(path).isEmpty) == true
    }
    if let output {
      guard isFree(output) else {
        throw ValidationError("--output \(output) is there already; name a new or an empty folder")
      }
      return output
    }
    var name = "cajal-demo"
    var number = 1
    while !isFree(name) {
      number += 1
      name = "cajal-demo-\(number)"
    }
    return name
  }
}

/// The steps of the demo, in one folder.
private struct Demo {
  /// Overrides that make cajal2d_tiny about ten times cheaper: given the enlarged input and the
  /// decoded neighbors at each sub-pixel, a narrow model with a small context learns much in a
  /// minute.
  static let overrides = [
    "hidden_size=32", "filter_size=64", "num_heads=2", "num_encoder_layers=1", "query_shape=4,12",
    "memory_flange=4,12", "batch_size=2", "learning_rate=0.01", "learning_rate_warmup_steps=20",
    "weight_average_decay=0.99",
  ]
  /// The number of pictures to decode.
  private static let evaluatedExamples = 8
  /// The share of the time that goes into training; most of the rest is decoding.
  private static let trainingShare = 0.7

  let folder: String
  let progress: ProgressLine

  private var sections: String { folder + "/sections" }
  private var dataFolder: String { folder + "/data" }
  private var run: String { folder + "/run" }

  /// Paints sections and cuts them into tiles.
  func makeData() throws -> Dataset {
    try Files.createDirectory(sections)
    for number in 1...8 {
      progress.show("painting section \(number)")
      let section = SyntheticTissue.section(seed: UInt64(number), width: 512, height: 512)
      try section.write(to: "\(sections)/section-\(number).png")
    }
    let options = DataOptions(evaluationSections: ["section-8.png"])
    let data = try AllenBrain.dim8to32.generateData(
      from: .images(in: sections), to: dataFolder, options: options)
    progress.finish()
    print(
      """
      1. painted 8 sections and cut them \
      (cajal datagen --images \(sections) --output \(dataFolder)):
      \(DataReport.text(data))
      """)
    return data
  }

  /// The number of updates that fit into a time, extrapolated from the first few.
  func affordableSteps(
    _ model: Img2ImgTransformer, _ data: Dataset, seconds: Double
  ) throws -> Int {
    let trial = folder + "/.trial"
    defer { try? FileManager.default.removeItem(atPath: trial) }
    var options = TrainerOptions()
    options.evaluationInterval = 0
    let trainer = Trainer(
      model: model, optimizer: model.hyperparameters.optimizer(steps: 8), run: trial,
      options: options)
    let session = try TrainingSession(trainer, PictureData(data, for: model), steps: 8)
    var pace = 0.0
    while session.step < session.steps {
      let step = try session.makeStep()
      progress.show("measuring the pace")
      pace = Double(step.step) / max(step.elapsed, 1e-6)
    }
    return min(max(20, Int(pace * seconds * Self.trainingShare)), TrainerOptions.maximumSteps)
  }

  /// Trains; a signal ends the demonstration after a checkpoint.
  func train(_ model: Img2ImgTransformer, _ data: Dataset, steps: Int) throws {
    progress.finish()
    print(
      """

      2. training a small cajal2d_tiny of \(model.layout.parameterCount) parameters for \(steps) \
      steps (cajal train --data \(dataFolder) --steps \(steps) --run \(run) \
      \(Self.overrides.map { "--set \($0)" }.joined(separator: " ")))
      """)
    try StandardOutput.finish()
    var options = TrainerOptions()
    options.logInterval = 5
    options.evaluationInterval = max(1, steps / 4)
    options.evaluationExamples = 16
    let stop = Stopping.signal()
    let history = try Trainer(
      model: model, optimizer: model.hyperparameters.optimizer(steps: steps), run: run,
      options: options
    ).fit(data, steps: steps, stop: stop, observers: [TrainingDisplay(on: progress)])
    progress.finish()
    if history.wasStopped {
      print("stopped at step \(history.step); continue with cajal train --resume --run \(run)")
    }
    try Stopping.exitIfStopped(by: stop)
    let chart = LossChart(history.records, title: "synthetic tissue")
    try chart?.image.write(to: folder + "/loss.png")
    if let chart { print(chart.summary) }
  }

  /// Prints the table and draws the panel.
  func evaluate(_ data: Dataset) throws {
    let trained = try OpenedRun(run)
    let count = min(Self.evaluatedExamples, data.evaluationExamples.count)
    let evaluation = try Evaluation(trained.model, on: data, examples: 0..<count) {
      progress.show($0.rawValue, share: $1)
    }
    progress.finish()
    print("\n3. evaluated (cajal evaluate --run \(run) --data \(dataFolder)):")
    print(EvaluationReport.text(evaluation, of: trained, decoding: "mean"))
    let panel = try PredictionPanel(
      data, examples: 0..<count, predictions: evaluation.predictions)
    try panel.image.write(to: folder + "/panel.png")
    print("\nsee \(folder)/panel.png and \(folder)/loss.png")
  }
}
