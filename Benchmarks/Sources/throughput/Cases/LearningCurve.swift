import Cajal

/// The quality of a model after some training, a line of `throughput quality --json`.
struct LearningPoint: Encodable {
  let step: Int
  /// The seconds of training.
  let seconds: Double
  /// The mean PSNR over that of Lanczos, in dB.
  let gain: Double
  /// The nats per sub-pixel.
  let nats: Double
}

/// Evaluations of a run, and when it reached the milestones.
struct LearningCurve {
  /// When a run is first evaluated, and how much longer it has been trained at each evaluation than
  /// at the one before.
  private static let firstSeconds = 2.0, factor = 1.25

  private var points: [LearningPoint] = []

  /// The seconds of training after which the next evaluation is due.
  var nextSeconds: Double { points.last.map { $0.seconds * Self.factor } ?? Self.firstSeconds }

  mutating func add(_ point: LearningPoint) { points.append(point) }

  /// The seconds until a milestone, a line of `throughput quality --json`.
  struct Milestone: Encodable {
    let name: String
    /// `nil` when the run did not reach it.
    let seconds: Double?

    enum CodingKeys: String, CodingKey {
      case name = "case"
      case seconds
    }
  }

  var milestones: [Milestone] {
    [
      Milestone(name: "quality_lanczos", seconds: seconds { $0.gain }),
      Milestone(name: "quality_lanczos_plus_1.5_dB", seconds: seconds { $0.gain - 1.5 }),
      Milestone(name: "quality_1.60_nats", seconds: seconds { 1.6 - $0.nats }),
    ]
  }

  /// When a margin was first not negative, interpolated from the evaluation before.
  private func seconds(_ margin: (LearningPoint) -> Double) -> Double? {
    guard let index = points.firstIndex(where: { margin($0) >= 0 }) else { return nil }
    let point = points[index]
    guard index > 0 else { return point.seconds }
    let (before, share) = (points[index - 1], margin(point))
    return point.seconds
      - (point.seconds - before.seconds) * share / (share - margin(before))
  }
}

/// A fixed choice of held-out examples.
struct HeldOutTiles {
  private let dataset: Dataset
  private let indices: [Int]
  private let examples: [Example]
  private let lanczos: Double

  /// So many examples spread evenly, or all if there are fewer.
  init(_ dataset: Dataset, count: Int) throws {
    self.dataset = dataset
    let available = dataset.evaluationExamples.count
    let used = min(count, available)
    indices = (0..<used).map { $0 * available / used }
    examples = try indices.map { try dataset.evaluationExamples[$0].example() }
    lanczos = ImageMetrics.meanPSNR(
      examples.map {
        $0.input.resized(width: $0.target.width, height: $0.target.height, filter: .lanczos3)
      }, examples.map(\.target))
  }

  /// Evaluates a model.
  func point(of model: RestorationModel, step: Int, seconds: Double) throws -> LearningPoint {
    let pictures = try model.predict(
      examples.map(\.input), decoding: .onePass, progress: nil)
    return LearningPoint(
      step: step, seconds: seconds,
      gain: ImageMetrics.meanPSNR(pictures, examples.map(\.target)) - lanczos,
      nats: try model.meanLoss(dataset, examples: indices))
  }
}
