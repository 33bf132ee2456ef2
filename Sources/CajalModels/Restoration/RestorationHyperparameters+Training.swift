public import CajalOptimizers

extension RestorationHyperparameters {
  /// The steps of a run where none are given: 10,000 for trunks of fewer than 64 channels, 30,000
  /// for those of fewer than 128, 200,000 for wider ones, and 2000 for adversarial fine-tuning.
  public var defaultSteps: Int? {
    guard !isAdversarial else { return 2000 }
    return switch trunkWidth {
    case ..<64: 10_000
    case ..<128: 30_000
    default: 200_000
    }
  }

  /// Adversarial fine-tuning needs a trained trunk.
  public var needsInitialWeights: Bool { isAdversarial }

  /// Whether training is adversarial fine-tuning.
  var isAdversarial: Bool { adversarialWeight > 0 }

  /// The trunk's optimizer; see ``groups(steps:)``.
  public func optimizer(steps: Int) -> Optimizer {
    optimizer(peak: trunkLearningRate, steps: steps)
  }

  /// The training settings of the groups of parameters.
  ///
  /// `trunk` and `head`: AdamW with a cosine schedule to the end of the run, with their own peaks
  /// and clipped by themselves. In adversarial fine-tuning they are frozen, and `crisp` and
  /// `discriminator` have Adam with rates that fall in the second half of the run.
  public func groups(steps: Int) -> [String: GroupTraining] {
    guard isAdversarial else {
      return [
        "trunk": GroupTraining(optimizer(steps: steps), averageDecay: weightAverageDecay),
        "head": GroupTraining(
          optimizer(peak: headLearningRate, steps: steps), averageDecay: weightAverageDecay),
      ]
    }
    return [
      "trunk": .frozen, "head": .frozen,
      "crisp": GroupTraining(
        adversarialOptimizer(crispLearningRate, steps: steps, clipNorm: clipGradNorm),
        averageDecay: weightAverageDecay),
      "discriminator": GroupTraining(
        adversarialOptimizer(discriminatorLearningRate, steps: steps, clipNorm: 0)),
    ]
  }

  private func optimizer(peak: Double, steps: Int) -> Optimizer {
    .adamW(
      peak * .linearWarmup(steps: max(learningRateWarmupSteps, 1))
        * .cosineDecay(steps: max(steps, 1)),
      beta1: optimizerAdamBeta1, beta2: optimizerAdamBeta2, epsilon: 1e-8,
      weightDecay: weightDecay, clipNorm: clipGradNorm)
  }

  /// Adam with the first moment's decay that is usual for adversarial losses (Radford et al. 2016).
  private func adversarialOptimizer(_ rate: Double, steps: Int, clipNorm: Double) -> Optimizer {
    .adam(
      rate * .cosineDecay(steps: max(steps, 1), floor: 0.02, start: steps / 2), beta1: 0.5,
      beta2: 0.99, epsilon: 1e-8, clipNorm: clipNorm)
  }
}
