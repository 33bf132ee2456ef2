import Cajal

/// What was seen of a run while it was trained.
struct TrainingFigures: Sendable {
  /// The last step of this process.
  private(set) var step: TrainingEvent.Step?
  /// The last evaluation of this process.
  private(set) var evaluation: TrainingEvent.Evaluation?
  /// The last checkpoint of this process.
  private(set) var checkpoint: String?

  /// Keeps what an event says.
  mutating func add(_ event: TrainingEvent) {
    switch event {
    case .step(let step): self.step = step
    case .evaluated(let evaluation): self.evaluation = evaluation
    case .saved(_, let checkpoint): self.checkpoint = checkpoint
    case .resumed, .changedDevice, .skippedCheckpoint, .recorded: break
    }
  }
}

/// What `cajal train` ends with.
struct TrainingSummary: Encodable {
  /// A held-out loss and the step that it was measured at.
  struct HeldOut: Encodable {
    let step: Int
    let loss: Double
  }

  let run: String
  let step: Int
  let wasStopped: Bool
  /// Seconds of this process, and its examples per second; `nil` where it made no step.
  let seconds: Double?, imagesPerSecond: Double?
  /// The last record of the training loss: a mean since the record before, and its measures.
  let loss: Double?
  let measures: [String: Double]
  let heldOut: HeldOut?, bestHeldOut: HeldOut?
  let checkpoint: String?
  private let heldOutUnit: String

  private enum CodingKeys: String, CodingKey {
    case run, step, seconds, loss, measures, checkpoint
    case wasStopped = "stopped"
    case imagesPerSecond = "images_per_second"
    case heldOut = "held_out"
    case bestHeldOut = "best_held_out"
  }

  /// Names in a record that are no measures of the model.
  private static let ownNames: Set = [
    "gradient_norm", "images_per_second", "learning_rate", "loss", "peak_memory_bytes", "seconds",
  ]

  init<M>(_ history: TrainingHistory<M>, run: String, _ figures: TrainingFigures) {
    self.run = run
    step = history.step
    wasStopped = history.wasStopped
    seconds = figures.step?.elapsed
    imagesPerSecond = figures.step?.imagesPerSecond
    let last = history.records.last { $0.kind == "train" && $0["loss"] != nil }
    loss = last?["loss"]
    measures = last?.values.filter { !Self.ownNames.contains($0.key) } ?? [:]
    let heldOut = history.losses("evaluation").map { HeldOut(step: $0.step, loss: $0.loss) }
    self.heldOut = heldOut.last
    bestHeldOut = heldOut.min { $0.loss < $1.loss }
    checkpoint = figures.checkpoint
    heldOutUnit = figures.evaluation.map { " " + $0.lossUnit } ?? ""
  }

  /// The summary as a heading and aligned lines.
  var text: String {
    let heading =
      wasStopped
      ? "stopped at step \(step); continue with --resume" : "trained \(step) steps in \(run)"
    let width = rows.reduce(0) { max($0, $1.name.count) }
    return ([heading] + rows.map { "  " + $0.name.padded(to: width) + "  " + $0.value })
      .joined(separator: "\n")
  }

  private var rows: [(name: String, value: String)] {
    var rows: [(String, String)] = []
    if let seconds, let imagesPerSecond {
      rows.append(
        (
          "time", "\(ProgressBar.clock(seconds)), \(Figures.fixed(imagesPerSecond, 1)) images/s"
        ))
    }
    if let loss { rows.append(("training loss", Figures.fixed(loss, 4) + measuresText)) }
    if let heldOut, let bestHeldOut {
      let best =
        bestHeldOut.step == heldOut.step
        ? "" : "; the least was \(Figures.fixed(bestHeldOut.loss, 4)) at step \(bestHeldOut.step)"
      rows.append(("held-out loss", Figures.fixed(heldOut.loss, 4) + heldOutUnit + best))
    }
    if let checkpoint { rows.append(("checkpoint", checkpoint)) }
    return rows
  }

  private var measuresText: String {
    guard !measures.isEmpty else { return "" }
    let texts = measures.sorted { $0.key < $1.key }.map { name, value in
      name.replacing("_", with: " ") + " " + Figures.fixed(value, 4)
    }
    return " (\(texts.joined(separator: ", ")))"
  }
}
