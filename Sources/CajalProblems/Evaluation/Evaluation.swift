public import CajalImages
public import CajalModels
import CajalSupport
import CajalTensor
import CajalTraining
import Foundation

/// The quality of a model on held-out examples, with the usual resize filters for comparison.
public struct Evaluation: Sendable {
  /// The numbers of decoded examples and of examples in the loss.
  public let examples: Int, lossExamples: Int
  /// The context of the examples; see ``Dataset/withEvaluationContext(_:)``. Loss and coverage are
  /// those of pictures with their context, all else that of what they show without it.
  public let context: Int
  /// The mean loss in nats per sub-pixel.
  public let nats: Double
  /// The loss in bits per sub-pixel.
  public var bits: Double { nats / log(2) }
  /// The wall time that decoding took, all examples together.
  public let decodingTime: Duration
  /// The predicted pictures, without context, in the order of the examples.
  public let predictions: [Image]
  /// The scores of the model and of the filters, in table order.
  public let methods: [Method]
  /// The distances of other held-out targets from those of the examples, which no picture can be
  /// expected to be below; `nil` if none were given.
  public let otherTargets: SetDistances?
  /// How often target values lie in the model's credible intervals of 50, 80 and 95 %; empty for a
  /// model without intervals.
  public let coverage: [IntervalCoverage]

  /// The phases of an evaluation.
  public enum Phase: String, Sendable {
    /// Computing the loss.
    case loss
    /// Decoding pictures.
    case decoding
    /// Comparing pictures.
    case measures
  }

  /// The resize filters that a model is compared with.
  public static let filters: [ResizeFilter] = [.nearest, .bilinear, .bicubic, .lanczos3]

  /// Evaluates a model.
  ///
  /// - Parameters:
  ///   - model: What to evaluate.
  ///   - data: Its held-out examples.
  ///   - examples: The indices of those that are decoded and compared.
  ///   - lossExamples: The indices of those that the loss is taken over; `nil` takes the same.
  ///   - otherExamples: The indices of as many other examples as are decoded, whose targets are
  ///     compared as a set in ``otherTargets``; fewer are not compared.
  ///   - decoding: How pictures are made; `nil` is the model's default.
  ///   - progress: Called with the fraction of a phase done, on any thread.
  /// - Throws: What the data or the decoding throws; `PredictionError` for a model whose weights or
  ///   predictions are not finite.
  public init(
    _ model: some PictureModel, on data: Dataset, examples: some Collection<Int>,
    lossExamples: [Int]? = nil, otherExamples: [Int] = [], decoding: Decoding? = nil,
    progress: (@Sendable (Phase, Double) -> Void)? = nil
  ) throws {
    guard !examples.isEmpty else {
      throw TrainingError.unsuitableData("\(data.directory) has no held-out examples")
    }
    if data.evaluationContext > 0, let model = model as? any ProblemModel,
      case .fixed = model.pictureShapes
    {
      throw TrainingError.unsuitableData(
        "the model takes pictures of one size, and the held-out examples show a context of "
          + "\(data.evaluationContext) pixels")
    }
    self.examples = examples.count
    context = data.evaluationContext
    let lossExamples = lossExamples ?? Array(examples)
    self.lossExamples = lossExamples.count
    let decoding = decoding ?? model.defaultDecoding
    try model.checkDecoding(decoding)
    try model.checkWeights()
    nats = try model.meanLoss(data, examples: lossExamples) { progress?(.loss, $0) }
    guard nats.isFinite else { throw PredictionError.nonFiniteLogits }
    let pairs = try examples.map { try data.evaluationExamples[$0].example() }
    let shape = data.problem.targetShape
    let start = ContinuousClock.now
    predictions = try model.predict(pairs.map(\.input), decoding: decoding) {
      progress?(.decoding, $0)
    }.map { $0.center(of: shape) }
    decodingTime = ContinuousClock.now - start
    coverage = try IntervalCoverage.measured(model, on: pairs)
    progress?(.measures, 0)
    let reference = Reference(pairs.map { $0.target.center(of: shape) }, problem: data.problem)
    let candidates =
      [("model", predictions)]
      + Self.filters.map { filter in
        (
          filter.rawValue,
          pairs.map {
            $0.input.resized(width: $0.target.width, height: $0.target.height, filter: filter)
              .center(of: shape)
          }
        )
      }
    methods = Threads.concurrentMap(candidates) { Method($0.0, $0.1, reference) }
    let others = try otherExamples.map {
      try data.evaluationExamples[$0].example().target.center(of: shape)
    }
    otherTargets = others.count == pairs.count ? SetDistances(others, reference) : nil
  }
}

extension Evaluation: CustomStringConvertible, CustomReflectable {
  /// The figures: the loss, and a line for each method.
  public var description: String {
    let lines = methods.map { method in
      "  \(method.name): " + (method.psnr.map { "\($0) dB" } ?? "exact")
        + (method.ssim.map { ", SSIM \($0)" } ?? "")
    }
    return (["\(nats) nats per sub-pixel, \(examples) examples"] + lines).joined(separator: "\n")
  }

  /// The figures, without the pictures.
  public var customMirror: Mirror {
    Mirror(
      self,
      children: [
        "examples": examples, "lossExamples": lossExamples, "nats": nats, "methods": methods,
        "coverage": coverage,
      ])
  }
}
