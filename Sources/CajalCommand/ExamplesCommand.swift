import ArgumentParser
import Cajal

/// `cajal examples`: draws inputs and targets of examples.
struct ExamplesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "examples",
    abstract: "Draw examples of a data set: inputs and targets side by side.",
    discussion: "Example: cajal examples --data data/sections -n 4 -o panel.png")

  @OptionGroup var data: DataFolder

  @OptionGroup var problem: ProblemChoice

  @Option(name: [.customShort("n"), .customLong("count")], help: "How many, at most 64.")
  var count = 4

  @Flag(help: "Training examples, with their random crops and orientations, not held-out ones.")
  var training = false

  @Option(
    help: "With --training: which sequence of examples. (default: 1)", transform: SeedText.parse)
  var seed: UInt64?

  @Option(
    help: "With --training: examples as they are at this step, for data with an input_schedule.")
  var step: Int?

  @OptionGroup var picture: PictureOutput
  @OptionGroup var results: ResultOutput

  func validate() throws {
    guard (1...64).contains(count) else {
      throw ValidationError("-n is from 1 to 64, not \(count)")
    }
    try NumberRange.check([("--step", step ?? 0, 0...TrainerOptions.maximumSteps)])
    guard training || (seed == nil && step == nil) else {
      throw ValidationError("\(seed == nil ? "--step" : "--seed") needs --training")
    }
  }

  func run() throws {
    try picture.check(reading: [data.path])
    let progress = ProgressLine()
    let dataset = try problem.open(data, reportingTo: progress)
    let number = training ? count : min(count, dataset.evaluationExamples.count)
    guard number > 0 else {
      throw TrainingError.unsuitableData(
        "\(data.path) has no held-out examples; --training shows training examples")
    }
    var panel = Panel(columns: ["input", "target"])
    var examples: [ExamplesRecord.Example] = []
    for index in 0..<number {
      let example =
        try training
        ? dataset.trainingExample(index, seed: seed ?? 1, step: step)
        : dataset.evaluationExamples[index].example()
      panel.addRow([example.input, example.target])
      examples.append(training ? .init(training: index) : .init(index, in: dataset))
    }
    try panel.rendered().write(to: picture.output)
    try results.write(
      ExamplesRecord(output: picture.output, examples: examples), text: text(of: examples))
  }

  private func text(of examples: [ExamplesRecord.Example]) -> String {
    let places = examples.compactMap { example -> String? in
      guard let section = example.section, let column = example.column, let row = example.row
      else { return nil }
      return "\(example.index): \(section), column \(column), row \(row)"
    }
    let kind = training ? "training" : "held-out"
    return (places + ["\(picture.output): \(examples.count) \(kind) examples"])
      .joined(separator: "\n")
  }
}
