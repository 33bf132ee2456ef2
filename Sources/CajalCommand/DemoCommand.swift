import ArgumentParser
import Cajal
import CajalReports
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
      run, panel.png and report.html. Ctrl-C during training writes a checkpoint and ends the demo; \
      cajal train --resume --run cajal-demo/run continues the run.
      """)

  @Option(name: .shortAndLong, help: "A new or empty folder. (default: cajal-demo)")
  var output: String?

  @Option(help: "Updates of the run; by default as many as fit the time.")
  var steps: Int?

  @Option(help: "About how long it may take. (default: 2)")
  var minutes: Double?

  @OptionGroup var device: DeviceOptions
  @OptionGroup var results: ResultOutput

  func validate() throws {
    try TrainingTime.validate(steps: steps, minutes: minutes, longest: 1440)
  }

  func run() throws {
    let device = try device.open()
    let demo = Demo(
      folder: try outputFolder(), device: device, progress: ProgressLine(), isQuiet: results.json)
    let data = try demo.makeData()
    try train(ModelRegistry.standard.kind(ofSet: Demo.set), on: data, demo)
    let record = try demo.evaluate(data)
    if results.json { try StandardOutput.print(json: record) }
  }

  private func train<M: ProblemModel>(_ kind: M.Type, on data: Dataset, _ demo: Demo) throws {
    let hyperparameters = try M.Hyperparameters.named(Demo.set)
    let model = try M(hyperparameters, for: data.problem, seed: 1, on: demo.device)
    let count = try steps ?? demo.affordableSteps(model, data, seconds: (minutes ?? 2) * 60)
    try demo.train(model, data, steps: count)
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
  /// The set of hyperparameters that is trained.
  static let set = "restoration_small"
  /// The number of pictures to decode and compare, and how many of them are drawn.
  private static let evaluatedExamples = 128, drawnExamples = 8
  /// The number of pictures to decode and draw at each checkpoint.
  private static let panelExamples = 3
  /// The share of the time that goes into training.
  private static let trainingShare = 0.9
  /// How the samples of the panel are drawn: with less than the full spread, which has stray specks.
  private static let sampling = Decoding.sample(temperature: 0.7, seed: 1)

  let folder: String
  let device: Device
  let progress: ProgressLine
  /// Whether only the last results are printed, as JSON.
  let isQuiet: Bool

  private var sections: String { folder + "/sections" }
  private var dataFolder: String { folder + "/data" }
  private var run: String { folder + "/run" }

  /// Prints what a step has made.
  private func say(_ text: String) {
    if !isQuiet { print(text) }
  }

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
    say(
      """
      1. painted 8 sections and cut them \
      (cajal datagen --images \(sections) --output \(dataFolder)):
      \(DataReport.text(data))
      """)
    return data
  }

  /// The trainer of a run.
  private func trainer<M: ProblemModel>(_ model: M, steps: Int) -> Trainer<M> {
    var options = TrainerOptions()
    options.logInterval = max(5, steps / 400)
    options.evaluationInterval = max(1, steps / 4)
    options.checkpointInterval = max(1, steps / 4)
    options.evaluationExamples = 16
    var trainer = Trainer(model: model, steps: steps, run: run, options: options)
    trainer.hyperparameterSet = Self.set
    return trainer
  }

  /// The number of updates that fit into a time, extrapolated from the first few.
  func affordableSteps<M: ProblemModel>(
    _ model: M, _ data: Dataset, seconds: Double
  ) throws -> Int {
    max(
      20,
      try TrainingTime.affordableSteps(
        trainer(model, steps: TrainingTime.trialSteps), data, seconds: seconds * Self.trainingShare,
        reportingTo: progress))
  }

  /// Trains; a signal ends the demonstration after a checkpoint.
  func train<M: ProblemModel>(_ model: M, _ data: Dataset, steps: Int) throws {
    progress.finish()
    say(
      """

      2. training \(Self.set), a model of \(model.layout.parameterCount) parameters, for \(steps) \
      steps (cajal train --data \(dataFolder) --hparams \(Self.set) --steps \(steps) --run \(run))
      """)
    try StandardOutput.finish()
    let stop = Stopping.signal()
    let panels = PanelObserver(run, of: M.self, data, count: Self.panelExamples, on: device)
    let history = try trainer(model, steps: steps)
      .fit(
        data, steps: steps, stop: stop, observers: [TrainingDisplay(on: progress), panels])
    progress.finish()
    if history.wasStopped {
      say("stopped at step \(history.step); continue with cajal train --resume --run \(run)")
    }
    try Stopping.exitIfStopped(by: stop)
    if let chart = LossChart([try RecordedRun(contentsOf: run)]) { say(chart.summary) }
  }

  /// Prints the table and draws the panel.
  func evaluate(_ data: Dataset) throws -> DemoRecord {
    let trained = try OpenedRun(run, on: device)
    let count = min(Self.evaluatedExamples, data.evaluationExamples.count)
    let evaluation = try Evaluation(trained.model, on: data, examples: 0..<count) {
      progress.show($0.rawValue, share: $1)
    }
    progress.finish()
    say("\n3. evaluated (cajal evaluate --run \(run) --data \(dataFolder)):")
    let decoding = trained.model.defaultDecoding.name
    say(EvaluationReport.text(evaluation, of: trained, decoding: decoding))
    let drawn = 0..<min(Self.drawnExamples, count)
    let inputs = try drawn.map { try data.evaluationExamples[$0].example().input }
    let panel = try PredictionPanel(
      data, examples: drawn, predictions: Array(evaluation.predictions[drawn]),
      samples: try trained.model.predict(inputs, decoding: Self.sampling, progress: nil))
    try panel.image.write(to: folder + "/panel.png")
    let record = EvaluationRecord(evaluation, of: trained, decoding: decoding)
    try Files.writeAtomically(
      to: run + "/evaluation.json", Array(try StandardOutput.text(json: record).utf8))
    try Report([try RecordedRun(contentsOf: run)], title: "Synthetic tissue")
      .write(to: folder + "/report.html")
    say("\nsee \(folder)/panel.png and \(folder)/report.html")
    return DemoRecord(
      folder: folder, run: run, data: dataFolder, panel: folder + "/panel.png",
      report: folder + "/report.html", evaluation: record)
  }
}

/// What the demo made, as JSON.
private struct DemoRecord: Encodable {
  let folder: String
  let run: String
  let data: String
  let panel: String
  let report: String
  let evaluation: EvaluationRecord
}
