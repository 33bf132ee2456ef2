public import CajalAutodiff
public import CajalTensor

/// A two-dimensional convolution of pictures `[batch, rows, columns, channels]`.
///
/// Along each axis the result has `(extent + 2 · padding - window) / stride + 1` positions, rounded
/// down.
public struct Convolution2D: Sendable {
  /// `[window, window, inputs / groups, outputs]`
  public let kernel: Parameter
  /// `[outputs]`
  public let bias: Parameter
  /// The distance between the windows of neighboring results.
  public let stride: Int
  /// The zeros around the picture on each side.
  public let padding: Int
  /// The number of slices of channels that are convolved each by itself.
  public let groups: Int
  /// The activation.
  public let activation: Activation

  /// Declares `name/kernel` and `name/bias`, which starts at zero.
  ///
  /// - Parameters:
  ///   - name: The scope of the parameters.
  ///   - inputs: The channels of the pictures.
  ///   - outputs: The channels of the result.
  ///   - window: Rows and columns of the kernel.
  ///   - stride: The distance between windows.
  ///   - padding: Zeros on each side; by default as many as keep the size at stride 1, for odd
  ///     windows.
  ///   - groups: The number of slices of channels; divides inputs and outputs.
  ///   - activation: Applied to the result.
  ///   - initializer: Of the kernel; by default uniform in ± 1 / √fan-in, as PyTorch has it.
  ///   - builder: Collects the parameters.
  public init(
    _ name: String, inputs: Int, outputs: Int, window: Int = 3, stride: Int = 1,
    padding: Int? = nil, groups: Int = 1, activation: Activation = .identity,
    initializer: Initializer? = nil,
    in builder: inout ParameterBuilder
  ) {
    // The variance of a uniform distribution in ± 1 / √fan-in is 1 / (3 · fan-in).
    let fanIn = Float(window * window * inputs / groups)
    let fans = Float(window * window * (inputs / groups + outputs))
    let usual = Initializer.uniformUnitScaling(gain: fans / (6 * fanIn))
    (kernel, bias) = builder.scope(name) { builder in
      let kernel = builder.declare(
        "kernel", shape: [window, window, inputs / groups, outputs],
        initializer: initializer ?? usual)
      return (kernel, builder.declare("bias", shape: [outputs], initializer: .constant(0)))
    }
    self.stride = stride
    self.groups = groups
    self.activation = activation
    self.padding = padding ?? window / 2
  }

  /// `[batch, rows, columns, inputs]` to `[batch, result rows, result columns, outputs]`
  public func callAsFunction(_ x: Variable, _ pass: ForwardPass) -> Variable {
    x.convolution2D(
      pass(kernel), bias: pass(bias), stride: stride, padding: padding, groups: groups,
      activation: activation)
  }
}
