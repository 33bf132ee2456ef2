import CajalLayers

extension Img2ImgHyperparameters {
  /// Checks that a model can be built.
  ///
  /// - Throws: ``HyperparameterError`` that names the first hyperparameter that does not fit.
  public func validate() throws {
    func require(_ condition: Bool, _ key: CodingKeys, _ reason: @autoclosure () -> String) throws {
      guard condition else { throw HyperparameterError(name: key.rawValue, reason: reason()) }
    }
    let positive: [(Int, CodingKeys)] = [
      (hiddenSize, .hiddenSize), (filterSize, .filterSize), (numHeads, .numHeads),
      (imgLen, .imgLen), (blockLength, .blockLength), (batchSize, .batchSize),
      (maxLength, .maxLength),
    ]
    for (value, key) in positive { try require(value > 0, key, "is at least 1, not \(value)") }
    let natural: [(Int, CodingKeys)] = [
      (numEncoderLayers, .numEncoderLayers), (numDecoderLayers, .numDecoderLayers),
      (blockWidth, .blockWidth), (numMemoryBlocks, .numMemoryBlocks),
      (learningRateWarmupSteps, .learningRateWarmupSteps),
    ]
    for (value, key) in natural { try require(value >= 0, key, "is not negative: \(value)") }
    try require(numChannels == 1 || numChannels == 3, .numChannels, "is 1 or 3, not \(numChannels)")
    try require(
      keyChannels % numHeads == 0 && valueChannels % numHeads == 0, .numHeads,
      "\(numHeads) heads do not divide keys of \(keyChannels) and values of \(valueChannels)")
    try require(
      pos != .timing || hiddenSize >= 8, .hiddenSize,
      "is at least 8 with timing signals, not \(hiddenSize)")
    try require(
      pos != .embedding || maxLength >= imgLen * numChannels, .maxLength,
      "learned positions need \(imgLen * numChannels) rows, not \(maxLength)")
    try require(
      queryShape.count == 2 && queryShape.allSatisfy { $0 > 0 }, .queryShape,
      "is two positive numbers such as 16,16")
    try require(
      memoryFlange.count == 2 && memoryFlange.allSatisfy { $0 >= 0 }, .memoryFlange,
      "is two numbers such as 16,32")
    try require(
      decAttentionType != .dilated || gapSizes.count == numDecoderLayers, .gapSizes,
      "has a gap for each of the \(numDecoderLayers) decoder layers, not \(gapSizes.count)")
    try require(
      targetCoding == .value || conditioning == .aligned, .targetCoding,
      "residual needs conditioning=aligned")
    try require(
      (0...NeighborEmbeddings.offsets(channels: 1).count).contains(neighborEmbeddings),
      .neighborEmbeddings, "is from 0 to 4, not \(neighborEmbeddings)")
    try validateSequences(require)
    try validateTraining(require)
  }

  private func validateSequences(
    _ require: (Bool, CodingKeys, @autoclosure () -> String) throws -> Void
  )
    throws
  {
    func known(_ sequence: String) -> Bool {
      sequence == "none" || sequence.allSatisfy(ProcessSequence.letters.contains)
    }
    try require(
      known(layerPreprocessSequence) && !layerPreprocessSequence.contains("a")
        && !layerPreprocessSequence.contains("z"), .layerPreprocessSequence,
      "is none or letters of d and n, not \(layerPreprocessSequence)")
    try require(
      known(layerPostprocessSequence), .layerPostprocessSequence,
      "is none or letters of d, a, n and z, not \(layerPostprocessSequence)")
  }

  private func validateTraining(
    _ require: (Bool, CodingKeys, @autoclosure () -> String) throws -> Void
  )
    throws
  {
    let rates: [(Float, CodingKeys)] = [
      (layerPrepostprocessDropout, .layerPrepostprocessDropout), (reluDropout, .reluDropout),
      (attentionDropout, .attentionDropout), (labelSmoothing, .labelSmoothing),
    ]
    for (rate, key) in rates {
      try require(rate >= 0 && rate < 1, key, "is at least 0 and less than 1, not \(rate)")
    }
    try require(
      Self.optimizers.contains(optimizer), .optimizer,
      "is one of \(Self.optimizers.joined(separator: ", ")), not \(optimizer)")
    try require(
      Self.decaySchemes.contains(learningRateDecayScheme), .learningRateDecayScheme,
      "is one of \(Self.decaySchemes.joined(separator: ", ")), not \(learningRateDecayScheme)")
    try require(
      weightAverageDecay >= 0 && weightAverageDecay < 1, .weightAverageDecay,
      "is at least 0 and less than 1, not \(weightAverageDecay)")
    try require(learningRate >= 0, .learningRate, "is not negative: \(learningRate)")
  }

  static let optimizers = ["adam", "true_adam", "adamw", "momentum"]
  static let decaySchemes = ["noam", "constant", "cosine"]

  /// Width of queries and keys over all heads.
  public var keyChannels: Int { attentionKeyChannels == 0 ? hiddenSize : attentionKeyChannels }
  /// Width of values over all heads.
  public var valueChannels: Int {
    attentionValueChannels == 0 ? hiddenSize : attentionValueChannels
  }
}
