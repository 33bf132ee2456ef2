import CajalSupport
import CajalLayers

extension Img2ImgHyperparameters {
  /// Reports an invalid hyperparameter.
  private typealias Require = (Bool, CodingKeys, @autoclosure () -> String) throws -> Void

  /// Checks that a model can be built and trained: every number is in its range, the numbers are
  /// consistent, and the model is not larger than ``maximumParameterCount`` and
  /// ``maximumActivationBytes`` allow.
  ///
  /// - Throws: ``HyperparameterError`` that names the first hyperparameter that does not fit.
  public func validate() throws {
    try validate(inputRows: 1, inputColumns: 1)
  }

  /// Checks that a model for inputs of a size can be built and trained.
  func validate(inputRows: Int, inputColumns: Int) throws {
    func require(_ condition: Bool, _ key: CodingKeys, _ reason: @autoclosure () -> String) throws {
      guard condition else { throw HyperparameterError(name: key.rawValue, reason: reason()) }
    }
    // Ranges are checked first, because the later checks multiply these numbers.
    try validateCounts(require)
    try validateLists(require)
    try validateFractions(require)
    try validateAmounts(require)
    try validateHeads(require)
    try require(
      pos != .embedding || maxLength >= targetColumns, .maxLength,
      "learned positions need \(targetColumns) rows, not \(maxLength)")
    try require(
      targetCoding == .value || conditioning == .aligned, .targetCoding,
      "residual needs conditioning=aligned")
    try require(
      likelihood == .categorical || (conditioning == .crossAttention && neighborEmbeddings == 0),
      .likelihood, "dmol needs conditioning=cross_attention and neighbor_embeddings=0")
    try validateSequences(require)
    try require(
      Self.optimizers.contains(optimizer), .optimizer,
      "is one of \(Self.optimizers.joined(separator: ", ")), not \(optimizer)")
    try require(
      Self.decaySchemes.contains(learningRateDecayScheme), .learningRateDecayScheme,
      "is one of \(Self.decaySchemes.joined(separator: ", ")), not \(learningRateDecayScheme)")
    try validateMemory(inputRows: inputRows, inputColumns: inputColumns)
  }

  private func validateCounts(_ require: Require) throws {
    let counts: [(Int, CodingKeys, ClosedRange<Int>)] = [
      (hiddenSize, .hiddenSize, 1...65_536), (filterSize, .filterSize, 1...1_048_576),
      (numHeads, .numHeads, 1...65_536), (numEncoderLayers, .numEncoderLayers, 0...1024),
      (numDecoderLayers, .numDecoderLayers, 0...1024),
      (attentionKeyChannels, .attentionKeyChannels, 0...65_536),
      (attentionValueChannels, .attentionValueChannels, 0...65_536), (imgLen, .imgLen, 1...4096),
      (blockLength, .blockLength, 1...Self.maximumDistance),
      (blockWidth, .blockWidth, 0...Self.maximumDistance),
      (numMemoryBlocks, .numMemoryBlocks, 0...1024), (maxLength, .maxLength, 1...1_048_576),
      (neighborEmbeddings, .neighborEmbeddings, 0...NeighborEmbeddings.offsets(channels: 1).count),
      (numMixtures, .numMixtures, 1...1024), (batchSize, .batchSize, 1...65_536),
      (learningRateWarmupSteps, .learningRateWarmupSteps, 0...1_000_000_000),
    ]
    for (value, key, range) in counts {
      try require(
        range.contains(value), key,
        "is from \(range.lowerBound) to \(range.upperBound), not \(value)")
    }
    try require(numChannels == 1 || numChannels == 3, .numChannels, "is 1 or 3, not \(numChannels)")
  }

  /// The longest block or gap of attention, in positions; more than any picture has.
  private static let maximumDistance = 1 << 24

  private func validateLists(_ require: Require) throws {
    try require(
      queryShape.count == 2 && queryShape.allSatisfy { $0 > 0 }, .queryShape,
      "is two positive numbers such as 16,16")
    try require(
      memoryFlange.count == 2 && memoryFlange.allSatisfy { $0 >= 0 }, .memoryFlange,
      "is two numbers such as 16,32")
    let largest = 65_536
    for (extents, key) in [(queryShape, CodingKeys.queryShape), (memoryFlange, .memoryFlange)] {
      try require(
        extents.allSatisfy { $0 <= largest }, key,
        "is two numbers of at most \(largest), not \(extents[0]),\(extents[1])")
    }
    try require(
      gapSizes.allSatisfy { (0...Self.maximumDistance).contains($0) }, .gapSizes,
      "is numbers from 0 to \(Self.maximumDistance)")
    try require(
      decAttentionType != .dilated || gapSizes.count == numDecoderLayers, .gapSizes,
      "has a gap for each of the \(numDecoderLayers) decoder layers, not \(gapSizes.count)")
  }

  private func validateFractions(_ require: Require) throws {
    let rates: [(Float, CodingKeys)] = [
      (layerPrepostprocessDropout, .layerPrepostprocessDropout), (reluDropout, .reluDropout),
      (attentionDropout, .attentionDropout), (labelSmoothing, .labelSmoothing),
    ]
    for (rate, key) in rates {
      try require(rate >= 0 && rate < 1, key, "is at least 0 and less than 1, not \(rate)")
    }
    let decays: [(Double, CodingKeys)] = [
      (optimizerAdamBeta1, .optimizerAdamBeta1), (optimizerAdamBeta2, .optimizerAdamBeta2),
      (optimizerMomentumMomentum, .optimizerMomentumMomentum),
      (weightAverageDecay, .weightAverageDecay),
    ]
    for (decay, key) in decays {
      try require(decay >= 0 && decay < 1, key, "is at least 0 and less than 1, not \(decay)")
    }
  }

  /// Numbers far outside of these ranges overflow a float on the way, or vanish in one.
  private func validateAmounts(_ require: Require) throws {
    let amounts: [(Double, CodingKeys, ClosedRange<Double>)] = [
      (Double(normEpsilon), .normEpsilon, 1e-30...1e6),
      (Double(initializerGain), .initializerGain, 0...1000),
      (optimizerAdamEpsilon, .optimizerAdamEpsilon, 1e-30...1e6),
      (learningRate, .learningRate, 0...1e6), (weightDecay, .weightDecay, 0...1000),
    ]
    for (value, key, range) in amounts {
      try require(
        range.contains(value), key,
        "is from \(range.lowerBound) to \(range.upperBound), not \(value)")
    }
    try require(
      clipGradNorm >= 0 && clipGradNorm.isFinite, .clipGradNorm,
      "is at least 0, not \(clipGradNorm); 0 does not clip")
  }

  private func validateHeads(_ require: Require) throws {
    try require(
      pos != .timing || hiddenSize >= 8, .hiddenSize,
      "is at least 8 with timing signals, not \(hiddenSize)")
    for (width, key) in [
      (attentionKeyChannels, CodingKeys.attentionKeyChannels),
      (attentionValueChannels, .attentionValueChannels),
    ] where width > 0 {
      try require(
        width % numHeads == 0, key, "\(width) cannot be divided among \(numHeads) heads (num_heads)"
      )
    }
    try require(
      keyChannels % numHeads == 0 && valueChannels % numHeads == 0, .numHeads,
      "\(numHeads) heads do not divide keys of \(keyChannels) and values of \(valueChannels)")
  }

  private func validateSequences(_ require: Require) throws {
    // A second norm or scale of one place would have the name of the first.
    func known(_ sequence: String) -> Bool {
      sequence == "none"
        || (sequence.allSatisfy(ProcessSequence.letters.contains) && sequence.count <= 16
          && ["n", "z"].allSatisfy { letter in sequence.count { $0 == letter } <= 1 })
    }
    try require(
      known(layerPreprocessSequence) && !layerPreprocessSequence.contains("a")
        && !layerPreprocessSequence.contains("z"), .layerPreprocessSequence,
      "is none or letters of d and n, not \(layerPreprocessSequence)")
    try require(
      known(layerPostprocessSequence), .layerPostprocessSequence,
      "is none or letters of d, a, n and z, not \(layerPostprocessSequence)")
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
