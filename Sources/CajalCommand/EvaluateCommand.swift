import ArgumentParser
import Cajal

/// `cajal evaluate`: evaluates a trained model on held-out examples.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a trained model on held-out examples against the usual resize filters.",
    discussion: """
      Example: cajal evaluate --run runs/first --data data/sections --examples 64

      Prints the mean loss in nats and bits per sub-pixel and, for the model and for each filter, \
      the PSNR in decibels of the mean squared error over all pictures, the means of the \
      pictures' PSNR and SSIM, the sliced Wasserstein (SWD) and log-spectral (LSD) distances from \
      the targets, the share of the inputs that the pictures reproduce when they are reduced \
      again, and the number of exact pictures; then the model's gain over Lanczos, and how many \
      target values lie in the model's credible intervals. "other targets" are as many other \
      held-out examples, where there are so many. Docs/measures.md defines the measures. With \
      --json, what is undefined is null, such as the PSNR where all pictures are exact.
      """)

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var data: DataFolder

  @Option(help: "Held-out examples to decode and compare.")
  var examples = 64

  @Option(help: "Held-out examples to take the loss over; by default the same.")
  var lossExamples: Int?

  @Option(help: "Only held-out examples of sections whose names begin like this.")
  var section: String?

  @OptionGroup var heldOut: HeldOutPictures
  @OptionGroup var device: DeviceOptions
  @OptionGroup var decoding: DecodingOptions

  @OptionGroup var results: ResultOutput

  func validate() throws {
    for (name, count) in [("--examples", examples), ("--loss-examples", lossExamples ?? 1)]
    where count < 1 {
      throw ValidationError("\(name) is at least 1, not \(count)")
    }
  }

  func run() throws {
    let progress = ProgressLine()
    let trained = try runOptions.open(on: try device.open(), reportingTo: progress)
    let decoding = try decoding.decoding(of: trained.model)
    let dataset = try heldOut.data(data, for: trained, reportingTo: progress)
    let indices = try HeldOutExamples.indices(in: dataset, section: section)
    let evaluation = try Evaluation(
      trained.model, on: dataset, examples: indices.prefix(examples),
      lossExamples: Array(indices.prefix(lossExamples ?? examples)),
      otherExamples: Array(indices.dropFirst(examples).prefix(examples)),
      decoding: decoding
    ) { phase, share in
      progress.show(phase.rawValue, share: share)
    }
    progress.finish()
    try results.write(
      EvaluationRecord(
        evaluation, of: trained, on: heldOut.problem, decoding: decoding.name),
      text: EvaluationReport.text(
        evaluation, of: trained, on: heldOut.problem, decoding: decoding.name))
  }
}
