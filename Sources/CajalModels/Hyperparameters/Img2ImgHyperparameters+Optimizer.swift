public import CajalOptimizers

extension Img2ImgHyperparameters {
  /// The optimizer that the hyperparameters describe. `steps` is the length of the run, needed by
  /// the `cosine` scheme.
  public func optimizer(steps: Int) -> Optimizer {
    let schedule = self.schedule(steps: steps)
    switch optimizer {
    case "adamw":
      return .adamW(
        schedule, beta1: optimizerAdamBeta1, beta2: optimizerAdamBeta2,
        epsilon: optimizerAdamEpsilon, weightDecay: weightDecay, clipNorm: clipGradNorm)
    case "momentum":
      return .sgd(
        schedule, momentum: optimizerMomentumMomentum, clipNorm: clipGradNorm,
        l2Penalty: weightDecay)
    default:
      return .adam(
        schedule, beta1: optimizerAdamBeta1, beta2: optimizerAdamBeta2,
        epsilon: optimizerAdamEpsilon, clipNorm: clipGradNorm, l2Penalty: weightDecay)
    }
  }

  private func schedule(steps: Int) -> Schedule {
    let warmup = learningRateWarmupSteps
    switch learningRateDecayScheme {
    case "constant":
      return learningRate * .linearWarmup(steps: max(warmup, 1))
    case "cosine":
      return learningRate * .linearWarmup(steps: max(warmup, 1))
        * .cosineDecay(steps: max(steps, warmup + 1), start: warmup)
    default:
      let noam = Schedule.noam(
        warmupSteps: max(warmup, 1), hiddenSize: hiddenSize, learningRate: learningRate)
      // tensor2tensor multiplies by 0.002 only where the optimizer's name contains "adam".
      return optimizer.contains("adam") ? noam : 500 * noam
    }
  }
}
