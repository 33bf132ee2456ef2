public import CajalImages
public import CajalModels
import CajalTraining
import Foundation

/// How good a model is on held-out examples, beside the usual ways to enlarge a picture.
public struct Evaluation: Sendable {
  /// How many examples were decoded and compared, and over how many the loss was taken.
  public let examples: Int, lossExamples: Int
  /// The mean loss in nats per sub-pixel.
  public let nats: Double
  /// The loss in bits per sub-pixel.
  public var bits: Double { nats / log(2) }
  /// What the model made of the examples, in their order.
  public let predictions: [Image]
  /// The pictures of the model and of the other ways, in the order of a table.
  public let methods: [Method]

  /// How well one way to make targets of inputs does.
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
    /// How many pictures are exact: equal to their targets.
    public let exactCount: Int
    /// The mean of the pictures' structural similarities; `nil` for pictures smaller than its
    /// window.
    public let ssim: Double?
  }

  /// What an evaluation is doing.
  public enum Phase: String, Sendable {
    /// The loss.
    case loss
    /// The model's pictures.
    case decoding
  }

  /// The ways to enlarge that a model is compared with.
  public static let filters: [ResizeFilter] = [.nearest, .bilinear, .bicubic, .lanczos3]

  /// Evaluates a model.
  ///
  /// - Parameters:
  ///   - model: What to evaluate.
  ///   - data: Its held-out examples.
  ///   - examples: The indices of those that are decoded and compared.
  ///   - lossExamples: The indices of those that the loss is taken over; `nil` takes the same.
  ///   - decoding: How pictures are made.
  ///   - progress: Called with the share of a phase that is done, on any thread.
  /// - Throws: What the data or the decoding throws; `PredictionError` for a model whose weights or
  ///   predictions are not finite.
  public init(
    _ model: some PictureModel, on data: Dataset, examples: some Collection<Int>,
    lossExamples: [Int]? = nil, decoding: Decoding = .default,
    progress: (@Sendable (Phase, Double) -> Void)? = nil
  ) throws {
    guard !examples.isEmpty else {
      throw TrainingError.unsuitableData("\(data.directory) has no held-out examples")
    }
    self.examples = examples.count
    let lossExamples = lossExamples ?? Array(examples)
    self.lossExamples = lossExamples.count
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
  /// Compares pictures of one size with what they should be.
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
