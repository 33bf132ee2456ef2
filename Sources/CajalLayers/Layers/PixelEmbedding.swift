public import CajalAutodiff
public import CajalTensor

/// Embeds pixels by their values: `relu(z · kernel + bias)` for values scaled to [-1, 1], as
/// tensor2tensor's channel compression does.
public struct PixelEmbedding: Sendable {
  /// `[1, channels, 1, width]`, as tensor2tensor's convolution over sub-pixels has it.
  public let kernel: Parameter
  /// `[width]`
  public let bias: Parameter

  /// Declares `name/kernel` and `name/bias`.
  public init(
    _ name: String, channels: Int, width: Int, initializer: Initializer,
    in builder: inout ParameterBuilder
  ) {
    (kernel, bias) = builder.scope(name) { builder in
      (
        builder.declare("kernel", shape: [1, channels, 1, width], initializer: initializer),
        builder.declare("bias", shape: [width], initializer: .constant(0))
      )
    }
  }

  /// Values in 0 ... 255 scaled to [-1, 1], computed on the host.
  public static func scaled(_ values: Tensor<Int32>) -> Tensor<Float> {
    Tensor(values.scalars.map { Float($0) / 127.5 - 1 }, shape: values.shape, on: values.device)
  }

  /// Scaled values `[..., channels]` to `[..., width]`; see ``scaled(_:)``.
  public func callAsFunction(_ values: Tensor<Float>, _ pass: ForwardPass) -> Variable {
    pass.tape.constant(values).dense(
      pass(kernel).reshaped([kernel.shape[1], kernel.shape[3]]), bias: pass(bias),
      activation: .relu)
  }
}
