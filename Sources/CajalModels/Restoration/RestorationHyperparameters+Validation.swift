import CajalAutodiff
import CajalImages
import CajalLayers

extension RestorationHyperparameters {
  /// Checks every number.
  ///
  /// - Throws: ``HyperparameterError`` that names the first that is out of its range.
  public func validate() throws(HyperparameterError) {
    let counts: [(CodingKeys, Int, ClosedRange<Int>)] = [
      (.trunkWidth, trunkWidth, 1...4096), (.trunkBlocks, trunkBlocks, 1...1000),
      (.headFeatures, headFeatures, 1...4096), (.headWidth, headWidth, 1...4096),
      (.headLayers, headLayers, 0...1000), (.mixtureComponents, mixtureComponents, 1...64),
      (.batchSize, batchSize, 1...65_536),
      (.adversarialBatchSize, adversarialBatchSize, 1...65_536),
      (.adversarialCode, adversarialCode, 0...64),
      (.pixelsPerPicture, pixelsPerPicture, 1...1_048_576),
      (.learningRateWarmupSteps, learningRateWarmupSteps, 0...1_000_000_000),
    ]
    for (key, value, range) in counts where !range.contains(value) {
      throw HyperparameterError(
        name: key.rawValue,
        reason: "is from \(range.lowerBound) to \(range.upperBound), not \(value)")
    }
    let numbers: [(CodingKeys, Double, ClosedRange<Double>)] = [
      (.natsWeight, Double(natsWeight), 0...1e6), (.trunkLearningRate, trunkLearningRate, 0...1e6),
      (.headLearningRate, headLearningRate, 0...1e6), (.weightDecay, weightDecay, 0...1e6),
      (.clipGradNorm, clipGradNorm, 0...1e12),
      (.adversarialWeight, Double(adversarialWeight), 0...1e6),
      (.featureMatchingWeight, Double(featureMatchingWeight), 0...1e6),
      (.consistencyWeight, Double(consistencyWeight), 0...1e6),
      (.adversarialCodeWeight, Double(adversarialCodeWeight), 0...1e6),
      (.crispLearningRate, crispLearningRate, 0...1e6),
      (.discriminatorLearningRate, discriminatorLearningRate, 0...1e6),
    ]
    for (key, value, range) in numbers where !range.contains(value) {
      throw HyperparameterError(
        name: key.rawValue, reason: "is a finite number that is not negative, not \(value)")
    }
    let shares: [(CodingKeys, Double)] = [
      (.optimizerAdamBeta1, optimizerAdamBeta1), (.optimizerAdamBeta2, optimizerAdamBeta2),
      (.weightAverageDecay, weightAverageDecay),
    ]
    for (key, value) in shares where !(value >= 0 && value < 1) {
      throw HyperparameterError(
        name: key.rawValue, reason: "is at least 0 and less than 1, not \(value)")
    }
    guard (0...1).contains(contextNoise) else {
      throw HyperparameterError(
        name: CodingKeys.contextNoise.rawValue,
        reason: "is a share of pixels from 0 to 1, not \(contextNoise)")
    }
    try checkTrunk()
  }

  private func checkTrunk() throws(HyperparameterError) {
    switch trunk {
    case .convolutions: break
    case .transformer where trunkWidth % TransformerTrunk.heads != 0:
      throw HyperparameterError(
        name: CodingKeys.trunkWidth.rawValue,
        reason: "is a multiple of the \(TransformerTrunk.heads) heads of a transformer, not "
          + "\(trunkWidth)")
    case .transformer: break
    case .uNet where trunkBlocks > 10:
      throw HyperparameterError(
        name: CodingKeys.trunkBlocks.rawValue,
        reason: "is at most 10 for a U-Net, which halves the picture as often, not \(trunkBlocks)")
    case .uNet: break
    }
  }

  /// The trunk of a model.
  func makeTrunk(channels: Int, in builder: inout ParameterBuilder) -> any CajalModels.Trunk {
    switch trunk {
    case .convolutions: ConvolutionTrunk(self, channels: channels, in: &builder)
    case .transformer: TransformerTrunk(self, channels: channels, in: &builder)
    case .uNet: UNetTrunk(self, channels: channels, in: &builder)
    }
  }
}

extension RestorationModel.Configuration {
  /// Checks that a model has no more parameters than one may have.
  ///
  /// - Throws: ``HyperparameterError`` that names the width of its largest group.
  func checkSize(of layout: ParameterLayout) throws(HyperparameterError) {
    let limit = Img2ImgHyperparameters.maximumParameterCount
    guard layout.parameterCount > limit else { return }
    let largest = layout.groups.max { $0.count < $1.count }?.name
    typealias Key = RestorationHyperparameters.CodingKeys
    throw HyperparameterError(
      name: (largest == "head" ? Key.headWidth : Key.trunkWidth).rawValue,
      reason: "and the other sizes make \(layout.parameterCount) parameters, and at most \(limit) "
        + "are possible")
  }

  /// Checks that a model can be built.
  ///
  /// - Throws: ``HyperparameterError``.
  func validate() throws(HyperparameterError) {
    try hyperparameters.validate()
    guard (1...16).contains(ratio) else {
      throw HyperparameterError(
        name: "ratio", reason: "of target to input is from 1 to 16, not \(ratio)")
    }
    guard channels == 1 || channels == 3 else {
      throw HyperparameterError(
        name: "num_channels", reason: "of a picture are 1 or 3, not \(channels)")
    }
    if let normalization, normalization.channels != channels {
      throw HyperparameterError(
        name: "num_channels",
        reason: "the model has \(channels) and its normalization \(normalization.channels); "
          + "give it one mean and one standard deviation for each channel")
    }
  }
}
