/// One step of Adam (Kingma and Ba 2015) as tensor2tensor computes it, or AdamW (Loshchilov and
/// Hutter 2019).
///
/// With g = gradientScale · gradient: `m = β₁m + (1-β₁)g`, `v = β₂v + (1-β₂)g²`,
/// `w -= stepSize · m / (√v + ε) + decay · w`. The bias correction is in `stepSize`
/// (`learningRate · √(1-β₂ᵗ) / (1-β₁ᵗ)`); ε is outside of it.
package struct AdamStep: Sendable, Hashable {
  /// learningRate · √(1-β₂ᵗ) / (1-β₁ᵗ)
  package var stepSize: Float
  /// β₁, β₂ and ε.
  package var beta1: Float, beta2: Float, epsilon: Float
  /// What every gradient is multiplied with first: the clipping factor over the number of
  /// accumulations.
  package var gradientScale: Float
  /// learningRate · weightDecay for AdamW, else 0.
  package var decay: Float

  /// A step with every number given.
  package init(
    stepSize: Float, beta1: Float, beta2: Float, epsilon: Float, gradientScale: Float = 1,
    decay: Float = 0
  ) {
    self.stepSize = stepSize
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.gradientScale = gradientScale
    self.decay = decay
  }
}
