public import CajalAutodiff
import CajalTensor

/// The position-wise feed-forward layer: `relu(x · W₁ + b₁) · W₂ + b₂`.
///
/// tensor2tensor calls its parts `conv1` and `conv2`, though they are dense.
public struct FeedForward: Sendable {
  /// The widening layer.
  public let conv1: Dense
  /// The narrowing layer.
  public let conv2: Dense
  /// Dropout after the ReLU.
  public let dropout: Float

  /// Declares `name/conv1` and `name/conv2`.
  public init(
    _ name: String, width: Int, filterWidth: Int, outputs: Int? = nil, dropout: Float,
    initializer: Initializer, in builder: inout ParameterBuilder
  ) {
    (conv1, conv2) = builder.scope(name) { builder in
      let first = Dense(
        "conv1", inputs: width, outputs: filterWidth, activation: .relu, initializer: initializer,
        in: &builder)
      let second = Dense(
        "conv2", inputs: filterWidth, outputs: outputs ?? width, initializer: initializer,
        in: &builder)
      return (first, second)
    }
    self.dropout = dropout
  }

  /// `[..., width]` to `[..., outputs]`
  public func callAsFunction(_ x: Variable, _ pass: ForwardPass) -> Variable {
    conv2(pass.dropout(conv1(x, pass), rate: dropout), pass)
  }
}
