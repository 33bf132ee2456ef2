import ArgumentParser
import Cajal
import CajalSupport

/// `cajal evaluate`: evaluates a trained model on held-out examples.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a trained model on held-out examples against the usual resize filters.",
    discussion: """
      Example: cajal evaluate --run runs/first --data data/sections --examples 64

      Prints the mean loss in nats and bits per sub-pixel and, for the model and for each filter, \
      the PSNR in decibels of the mean squared error over all pictures, the mean of their SSIM, \
      and the number of exact pictures. With --json, the PSNR is null where all pictures are exact.
      """)

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var data: DataFolder

  @Option(help: "Held-out examples to decode and compare.")
  var examples = 64

  @Option(help: "Held-out examples to take the loss over; by default the same.")
  var lossExamples: Int?

  @Option(help: "Only held-out examples of sections whose names begin like this.")
  var section: String?

  @OptionGroup var decoding: DecodingOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    for (name, count) in [("--examples", examples), ("--loss-examples", lossExamples ?? 1)]
    where count < 1 {
      throw ValidationError("\(name) is at least 1, not \(count)")
    }
  }

  func run() throws {
    let progress = ProgressLine()
    let trained = try runOptions.open(reportingTo: progress)
    let decoding = try decoding.decoding(of: trained.model)
    let dataset = try trained.openData(data, reportingTo: progress)
    let indices = try HeldOutExamples.indices(in: dataset, section: section)
    let evaluation = try Evaluation(
      trained.model, on: dataset, examples: indices.prefix(examples),
      lossExamples: Array(indices.prefix(lossExamples ?? examples)), decoding: decoding
    ) { phase, share in
      progress.show(phase.rawValue, share: share)
    }
    progress.finish()
    if json {
      try StandardOutput.print(
        json: EvaluationRecord(evaluation, of: trained, decoding: decoding.name))
    } else {
      print(Self.report(evaluation, of: trained, decoding: decoding.name))
    }
  }

  /// The figures in words and a table.
  static func report(_ evaluation: Evaluation, of run: OpenedRun, decoding: String) -> String {
    var table = TextTable(["method", "PSNR (dB)", "SSIM", "exact"])
    for method in evaluation.methods {
      table.add([
        method.name == "model" ? "model (\(decoding))" : method.name,
        method.psnr.map { Figures.fixed($0, 2) } ?? "inf",
        method.ssim.map { Figures.fixed($0, 4) } ?? "-", "\(method.exactCount)",
      ])
    }
    return """
      \(run.path), step \(run.step)
      \(Figures.fixed(evaluation.nats, 4)) nats, \(Figures.fixed(evaluation.bits, 4)) bits per \
      sub-pixel (\(evaluation.lossExamples) held-out examples)

      \(table.text)
      (\(evaluation.examples) held-out examples)
      """
  }
}

/// Chooses among the held-out examples of a data set.
enum HeldOutExamples {
  /// The indices of the examples, or of those whose section begins with `section`.
  static func indices(in data: Dataset, section: String?) throws -> [Int] {
    let all = Array(data.evaluationExamples.indices)
    guard let section else { return all }
    let chosen = all.filter { data.evaluationExamples[$0].section.hasPrefix(section) }
    guard chosen.isEmpty else { return chosen }
    let known = Set(data.evaluationExamples.map(\.section)).sorted()
    let nearest = Spelling.nearest(
      to: section, in: known.map { String($0.prefix(section.count)) })
    throw ValidationError(
      "--section \(section): no held-out section of \(data.directory) begins like this; "
        + (nearest.map { "did you mean \($0)?" }
          ?? "there are \(known.prefix(8).joined(separator: ", "))"))
  }
}

/// An evaluation as JSON.
private struct EvaluationRecord: Encodable {
  struct Method: Encodable {
    let name: String
    let meanSquaredError: Double
    let psnr: Double?
    let ssim: Double?
    let exactCount: Int

    enum CodingKeys: String, CodingKey {
      case name, psnr, ssim
      case meanSquaredError = "mean_squared_error"
      case exactCount = "exact_count"
    }

    /// Undefined values are null.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(meanSquaredError, forKey: .meanSquaredError)
      try container.encode(psnr, forKey: .psnr)
      try container.encode(ssim, forKey: .ssim)
      try container.encode(exactCount, forKey: .exactCount)
    }
  }

  let run: String
  let step: Int
  let decoding: String
  let examples: Int
  let lossExamples: Int
  let nats: Double
  let bits: Double
  let methods: [Method]

  enum CodingKeys: String, CodingKey {
    case run, step, decoding, examples, nats, bits, methods
    case lossExamples = "loss_examples"
  }

  init(_ evaluation: Evaluation, of trained: OpenedRun, decoding: String) {
    run = trained.path
    step = trained.step
    self.decoding = decoding
    examples = evaluation.examples
    lossExamples = evaluation.lossExamples
    nats = evaluation.nats
    bits = evaluation.bits
    methods = evaluation.methods.map {
      Method(
        name: $0.name, meanSquaredError: $0.meanSquaredError, psnr: $0.psnr, ssim: $0.ssim,
        exactCount: $0.exactCount)
    }
  }
}
