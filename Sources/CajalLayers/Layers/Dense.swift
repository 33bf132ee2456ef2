public import CajalAutodiff
public import CajalTensor

/// A fully connected layer over the innermost axis: `activation(x · kernel + bias)`.
public struct Dense: Sendable {
  /// `[inputs, outputs]`
  public let kernel: Parameter
  /// `[outputs]`, if the layer has one.
  public let bias: Parameter?
  /// The activation.
  public let activation: Activation

  /// Declares `name/kernel` and, with `hasBias`, `name/bias`, which starts at zero by default.
  public init(
    _ name: String, inputs: Int, outputs: Int, hasBias: Bool = true,
    activation: Activation = .identity, initializer: Initializer,
    biasInitializer: Initializer = .constant(0), in builder: inout ParameterBuilder
  ) {
    (kernel, bias) = builder.scope(name) { builder in
      let kernel = builder.declare("kernel", shape: [inputs, outputs], initializer: initializer)
      let bias =
        hasBias ? builder.declare("bias", shape: [outputs], initializer: biasInitializer) : nil
      return (kernel, bias)
    }
    self.activation = activation
  }

  /// `[..., inputs]` to `[..., outputs]`
  public func callAsFunction(_ x: Variable, _ pass: ForwardPass) -> Variable {
    x.dense(pass(kernel), bias: bias.map(pass.callAsFunction), activation: activation)
  }

  /// The layer with GELU as its activation.
  public func gelu(_ x: Variable, _ pass: ForwardPass) -> Variable {
    guard let bias else { return x.dense(pass(kernel)).gelu() }
    return x.denseGelu(pass(kernel), bias: pass(bias))
  }
}
