extension RestorationHyperparameters {
  /// Names in the style of tensor2tensor.
  enum CodingKeys: String, CodingKey, CaseIterable {
    case trunk
    case trunkWidth = "trunk_width"
    case trunkBlocks = "trunk_blocks"
    case headFeatures = "head_features"
    case headWidth = "head_width"
    case headLayers = "head_layers"
    case mixtureComponents = "mixture_components"
    case adversarialWeight = "adversarial_weight"
    case featureMatchingWeight = "feature_matching_weight"
    case consistencyWeight = "consistency_weight"
    case adversarialBatchSize = "adversarial_batch_size"
    case adversarialCode = "adversarial_code"
    case adversarialCodeWeight = "adversarial_code_weight"
    case crispLearningRate = "crisp_learning_rate"
    case discriminatorLearningRate = "discriminator_learning_rate"
    case batchSize = "batch_size"
    case pixelsPerPicture = "pixels_per_picture"
    case contextNoise = "context_noise"
    case natsWeight = "nats_weight"
    case trunkLearningRate = "trunk_learning_rate"
    case headLearningRate = "head_learning_rate"
    case learningRateWarmupSteps = "learning_rate_warmup_steps"
    case optimizerAdamBeta1 = "optimizer_adam_beta1"
    case optimizerAdamBeta2 = "optimizer_adam_beta2"
    case weightDecay = "weight_decay"
    case clipGradNorm = "clip_grad_norm"
    case weightAverageDecay = "weight_average_decay"
  }

  /// The name of every hyperparameter, in the order of their documentation.
  public static var names: [String] { CodingKeys.allCases.map(\.rawValue) }

  /// The possible values of a hyperparameter, for messages.
  public static func choices(of name: String) -> String {
    switch name {
    case CodingKeys.trunk.rawValue:
      Trunk.allCases.map(\.rawValue).joined(separator: ", ")
    case CodingKeys.natsWeight.rawValue, CodingKeys.adversarialWeight.rawValue,
      CodingKeys.featureMatchingWeight.rawValue, CodingKeys.consistencyWeight.rawValue,
      CodingKeys.contextNoise.rawValue, CodingKeys.adversarialCodeWeight.rawValue:
      "a number of 32 bits"
    default: "a whole number"
    }
  }

  /// Decodes hyperparameters; missing ones get their defaults.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ value: inout Value, _ key: CodingKeys) throws {
      value = try container.decodeIfPresent(Value.self, forKey: key) ?? value
    }
    self.init()
    try read(&trunk, .trunk)
    try read(&trunkWidth, .trunkWidth)
    try read(&trunkBlocks, .trunkBlocks)
    try read(&headFeatures, .headFeatures)
    try read(&headWidth, .headWidth)
    try read(&headLayers, .headLayers)
    try read(&mixtureComponents, .mixtureComponents)
    try read(&adversarialWeight, .adversarialWeight)
    try read(&featureMatchingWeight, .featureMatchingWeight)
    try read(&consistencyWeight, .consistencyWeight)
    try read(&adversarialBatchSize, .adversarialBatchSize)
    try read(&adversarialCode, .adversarialCode)
    try read(&adversarialCodeWeight, .adversarialCodeWeight)
    try read(&crispLearningRate, .crispLearningRate)
    try read(&discriminatorLearningRate, .discriminatorLearningRate)
    try read(&batchSize, .batchSize)
    try read(&pixelsPerPicture, .pixelsPerPicture)
    // Runs that do not record it were trained without.
    contextNoise = 0
    try read(&contextNoise, .contextNoise)
    try read(&natsWeight, .natsWeight)
    try read(&trunkLearningRate, .trunkLearningRate)
    try read(&headLearningRate, .headLearningRate)
    try read(&learningRateWarmupSteps, .learningRateWarmupSteps)
    try read(&optimizerAdamBeta1, .optimizerAdamBeta1)
    try read(&optimizerAdamBeta2, .optimizerAdamBeta2)
    try read(&weightDecay, .weightDecay)
    try read(&clipGradNorm, .clipGradNorm)
    try read(&weightAverageDecay, .weightAverageDecay)
  }
}
