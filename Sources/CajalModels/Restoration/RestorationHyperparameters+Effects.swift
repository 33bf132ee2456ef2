extension RestorationHyperparameters {
  /// The reason why the hyperparameter `name` has no effect given the others, or `nil` if it has
  /// one: some are for adversarial fine-tuning only, others for all other training.
  public func reasonForNoEffect(of name: String) -> String? {
    guard let key = CodingKeys(rawValue: name) else { return nil }
    switch key {
    case .featureMatchingWeight, .consistencyWeight, .adversarialBatchSize, .adversarialCode,
      .crispLearningRate, .discriminatorLearningRate:
      return isAdversarial ? nil : "has no effect without adversarial_weight"
    case .adversarialCodeWeight:
      return isAdversarial && adversarialCode > 0 ? nil : "has no effect without adversarial_code"
    case .batchSize, .pixelsPerPicture, .contextNoise, .natsWeight, .trunkLearningRate,
      .headLearningRate, .learningRateWarmupSteps, .optimizerAdamBeta1, .optimizerAdamBeta2,
      .weightDecay:
      return isAdversarial ? "has no effect in adversarial fine-tuning" : nil
    default: return nil
    }
  }
}
