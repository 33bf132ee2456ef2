public import CajalAutodiff
import CajalTensor

/// Group normalization of pictures (Wu and He 2018): instance normalization where every channel is
/// a group of its own.
public struct GroupNorm: Sendable {
  /// `[channels]`, at first 1.
  public let scale: Parameter
  /// `[channels]`, at first 0.
  public let bias: Parameter
  /// The number of groups of neighboring channels.
  public let groups: Int
  /// Added to the variance.
  public let epsilon: Float

  /// Declares `name/scale` and `name/bias`.
  public init(
    _ name: String, channels: Int, groups: Int, epsilon: Float = 1e-5,
    in builder: inout ParameterBuilder
  ) {
    (scale, bias) = builder.scope(name) { builder in
      (
        builder.declare("scale", shape: [channels], initializer: .constant(1)),
        builder.declare("bias", shape: [channels], initializer: .constant(0))
      )
    }
    self.groups = groups
    self.epsilon = epsilon
  }

  /// `[batch, rows, columns, channels]` to the same shape.
  public func callAsFunction(_ x: Variable, _ pass: ForwardPass) -> Variable {
    x.groupNorm(scale: pass(scale), bias: pass(bias), groups: groups, epsilon: epsilon)
  }
}
