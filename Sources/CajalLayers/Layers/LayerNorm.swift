public import CajalAutodiff
import CajalTensor

/// Layer normalization over the innermost axis (Ba, Kiros and Hinton 2016).
public struct LayerNorm: Sendable {
  /// `[width]`, at first 1.
  public let scale: Parameter
  /// `[width]`, at first 0.
  public let bias: Parameter
  /// Added to the variance.
  public let epsilon: Float

  /// Declares `layer_norm/layer_norm_scale` and `layer_norm/layer_norm_bias`.
  public init(width: Int, epsilon: Float, in builder: inout ParameterBuilder) {
    (scale, bias) = builder.scope("layer_norm") { builder in
      let bias = builder.declare("layer_norm_bias", shape: [width], initializer: .constant(0))
      let scale = builder.declare("layer_norm_scale", shape: [width], initializer: .constant(1))
      return (scale, bias)
    }
    self.epsilon = epsilon
  }

  /// `[..., width]` to the same shape.
  public func callAsFunction(_ x: Variable, _ pass: ForwardPass) -> Variable {
    x.layerNorm(scale: pass(scale), bias: pass(bias), epsilon: epsilon)
  }

  /// Computes a sum `[..., width]` and its normalization in one pass.
  public func callAsFunction(
    _ x: PendingSum, _ pass: ForwardPass
  ) -> (sum: Variable, normalized: Variable) {
    x.x.layerNormOfSum(
      dropout: x.dropout, residual: x.residual, scale: pass(scale), bias: pass(bias),
      epsilon: epsilon)
  }
}
