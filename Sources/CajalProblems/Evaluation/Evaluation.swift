public import CajalImages
public import CajalModels
import CajalTraining
import Foundation

/// The quality of a model on held-out examples, with the usual resize filters for comparison.
public struct Evaluation: Sendable {
  /// The numbers of decoded examples and of examples in the loss.
  public let examples: Int, lossExamples: Int
  /// The mean loss in nats per sub-pixel.
  public let nats: Double
  /// The loss in bits per sub-pixel.
  public var bits: Double { nats / log(2) }
  /// The predicted pictures, in the order of the examples.
  public let predictions: [Image]
  /// The scores of the model and of the filters, in table order.
  public let methods: [Method]

  /// The scores of one method.
  public struct Method: Sendable {
    /// Its name: `model`, `nearest`, `bilinear`, `bicubic` or `lanczos3`.
    public let name: String
    /// The mean squared error over all values of all pictures.
    public let meanSquaredError: Double
    /// The peak signal-to-noise ratio of the mean squared error, in dB; `nil` if every picture is
    /// exact.
    public var psnr: Double? {
      meanSquaredError == 0
        ? nil : ImageMetrics.psnr(meanSquaredError: meanSquaredError, range: 255)
    }
    /// The number of pictures equal to their targets.
    public let exactCount: Int
    /// The mean of the pictures' structural similarities; `nil` for pictures smaller than its
    /// window.
    public let ssim: Double?
  }

  /// The phases of an evaluation.
  public enum Phase: String, Sendable {
    /// Computing the loss.
    case loss
    /// Decoding pictures.
    case decoding
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
  ///   - decoding: How pictures are made; `nil` is the model's default.
  ///   - progress: Called with the fraction of a phase done, on any thread.
  /// - Throws: What the data or the decoding throws; `PredictionError` for a model whose weights or
  ///   predictions are not finite.
  public init(
    _ model: some PictureModel, on data: Dataset, examples: some Collection<Int>,
    lossExamples: [Int]? = nil, decoding: Decoding? = nil,
    progress: (@Sendable (Phase, Double) -> Void)? = nil
  ) throws {
    guard !examples.isEmpty else {
      throw TrainingError.unsuitableData("\(data.directory) has no held-out examples")
    }
    self.examples = examples.count
    let lossExamples = lossExamples ?? Array(examples)
    self.lossExamples = lossExamples.count
    let decoding = decoding ?? model.defaultDecoding
    try model.checkDecoding(decoding)
    try model.checkWeights()
    nats = try model.meanLoss(data, examples: lossExamples) { progress?(.loss, $0) }
    guard nats.isFinite else { throw PredictionError.nonFiniteLogits }
    let pairs = try examples.map { try data.evaluationExamples[$0].example() }
    predictions = try model.predict(pairs.map(\.input), decoding: decoding) {
      progress?(.decoding, $0)
    }
    let targets = pairs.map(\.target)
    methods =
      [Method("model", predictions, targets)]
      + Self.filters.map { filter in
        Method(
          filter.rawValue,
          pairs.map {
            $0.input.resized(width: $0.target.width, height: $0.target.height, filter: filter)
          }, targets)
      }
  }
}

extension Evaluation.Method {
  /// Compares pictures of one size with their targets.
  public init(_ name: String, _ pictures: [Image], _ targets: [Image]) {
    self.name = name
    let errors = zip(pictures, targets).map { ImageMetrics.meanSquaredError($0, $1) }
    meanSquaredError = errors.reduce(0, +) / Double(max(errors.count, 1))
    exactCount = errors.count { $0 == 0 }
    let similarities = zip(pictures, targets).compactMap { ImageMetrics.ssim($0, $1) }
    ssim =
      similarities.isEmpty ? nil : similarities.reduce(0, +) / Double(similarities.count)
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
      ])
  }
}
