import Cajal

/// An evaluation as JSON. Undefined values are null.
struct EvaluationRecord: Encodable {
  struct Method: Encodable {
    let method: Evaluation.Method

    enum CodingKeys: String, CodingKey {
      case name, psnr, ssim
      case meanSquaredError = "mean_squared_error"
      case meanPSNR = "mean_psnr"
      case exactCount = "exact_count"
      case slicedWasserstein = "sliced_wasserstein_distance"
      case logSpectral = "log_spectral_distance"
      case reproducedShare = "reproduced_share"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(method.name, forKey: .name)
      try container.encode(method.meanSquaredError, forKey: .meanSquaredError)
      try container.encode(method.psnr, forKey: .psnr)
      try container.encode(method.meanPSNR, forKey: .meanPSNR)
      try container.encode(method.ssim, forKey: .ssim)
      try container.encode(method.distances.slicedWasserstein, forKey: .slicedWasserstein)
      try container.encode(method.distances.logSpectral, forKey: .logSpectral)
      try container.encode(method.reproducedShare, forKey: .reproducedShare)
      try container.encode(method.exactCount, forKey: .exactCount)
    }
  }

  struct Distances: Encodable {
    let distances: Evaluation.SetDistances

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Method.CodingKeys.self)
      try container.encode(distances.slicedWasserstein, forKey: .slicedWasserstein)
      try container.encode(distances.logSpectral, forKey: .logSpectral)
    }
  }

  struct Gain: Encodable {
    let gain: Evaluation.Gain

    enum CodingKeys: String, CodingKey {
      case psnr, ssim
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(gain.psnr, forKey: .psnr)
      try container.encode(gain.ssim, forKey: .ssim)
    }
  }

  struct Coverage: Encodable {
    let probability: Double
    let share: Double
  }

  let evaluation: Evaluation
  let run: String
  let step: Int
  /// The problem of the examples, where it is not the run's.
  let problem: String?
  let decoding: String

  enum CodingKeys: String, CodingKey {
    case run, step, problem, decoding, examples, context, nats, bits, methods, coverage
    case lossExamples = "loss_examples"
    case otherTargets = "other_targets"
    case decodingSeconds = "decoding_seconds"
    case gainOverLanczos = "gain_over_lanczos"
  }

  init(
    _ evaluation: Evaluation, of trained: OpenedRun, on problem: String? = nil, decoding: String
  ) {
    self.evaluation = evaluation
    self.problem = problem
    run = trained.path
    step = trained.step
    self.decoding = decoding
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(run, forKey: .run)
    try container.encode(step, forKey: .step)
    try container.encodeIfPresent(problem, forKey: .problem)
    try container.encode(decoding, forKey: .decoding)
    try container.encode(evaluation.examples, forKey: .examples)
    try container.encode(evaluation.lossExamples, forKey: .lossExamples)
    if evaluation.context > 0 { try container.encode(evaluation.context, forKey: .context) }
    try container.encode(evaluation.decodingTime / .seconds(1), forKey: .decodingSeconds)
    try container.encode(evaluation.nats, forKey: .nats)
    try container.encode(evaluation.bits, forKey: .bits)
    try container.encode(evaluation.methods.map(Method.init), forKey: .methods)
    try container.encode(evaluation.otherTargets.map(Distances.init), forKey: .otherTargets)
    try container.encode(Gain(gain: evaluation.gainOverLanczos), forKey: .gainOverLanczos)
    try container.encode(
      evaluation.coverage.map { Coverage(probability: $0.probability, share: $0.share) },
      forKey: .coverage)
  }
}
