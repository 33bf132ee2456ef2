import ArgumentParser
import Cajal

/// `cajal predict`: draws predictions next to their targets.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Draw inputs, predictions and targets of held-out examples side by side.",
    discussion:
      "Example: cajal predict --run runs/first --data data/sections --index 0 -n 4 -o panel.png")

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var data: DataFolder

  @Option(help: "Only held-out examples of sections whose names begin like this.")
  var section: String?

  @Option(help: "The first held-out example, of those of --section, counted from 0.")
  var index = 0

  @Option(name: [.customShort("n"), .customLong("count")], help: "How many, at most 64.")
  var count = 1

  @OptionGroup var heldOut: HeldOutPictures
  @OptionGroup var device: DeviceOptions
  @OptionGroup var decoding: DecodingOptions
  @OptionGroup var picture: PictureOutput
  @OptionGroup var results: ResultOutput

  func validate() throws {
    guard index >= 0 else { throw ValidationError("--index is at least 0, not \(index)") }
    guard (1...64).contains(count) else {
      throw ValidationError("-n is from 1 to 64, not \(count)")
    }
  }

  func run() throws {
    try picture.check(reading: [runOptions.folder, data.path])
    let progress = ProgressLine()
    let trained = try runOptions.open(on: try device.open(), reportingTo: progress)
    let decoding = try decoding.decoding(of: trained.model)
    let dataset = try heldOut.data(data, for: trained, reportingTo: progress)
    let available = try HeldOutExamples.indices(in: dataset, section: section)
    guard index < available.count, count <= available.count - index else {
      let place = section.map { " of \($0)" } ?? ""
      throw ValidationError(
        "--index \(index) -n \(count): there are \(available.count) held-out examples\(place), "
          + "0 to \(available.count - 1)")
    }
    let examples = available[index..<(index + count)]
    let inputs = try examples.map { try dataset.evaluationExamples[$0].example().input }
    let predictions = try trained.model.predict(inputs, decoding: decoding) {
      progress.show("decoding", share: $0)
    }
    progress.finish()
    let panel = try PredictionPanel(dataset, examples: examples, predictions: predictions)
    try panel.image.write(to: picture.output)
    try results.write(
      ExamplesRecord(
        output: picture.output, examples: panel.examples, run: trained.path, step: trained.step,
        decoding: decoding.name),
      text: panel.table + "\n\(picture.output): \(count) held-out examples")
  }
}
