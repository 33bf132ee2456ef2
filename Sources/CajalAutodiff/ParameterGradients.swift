public import CajalTensor

/// The gradients of all parameters of a model, laid out as the parameters are: one flat buffer that
/// backward passes add to.
public final class ParameterGradients {
  /// The sums so far, `[parameter count]`.
  public private(set) var values: Tensor<Float>

  /// Zeros for `count` parameters.
  public init(count: Int, on device: Device = .cpu) {
    values = Tensor(repeating: 0, shape: [count], on: device)
  }

  /// Sets every gradient to zero.
  public func reset() { values.fill(with: 0) }

  /// Adds `scale` times the gradients of another buffer of the same size.
  public func add(_ other: ParameterGradients, scale: Float = 1) {
    precondition(values.count == other.values.count, "gradients of two different models")
    values.add(other.values, scale: scale)
  }

  /// Lets `body` change the sums in place.
  func withValues(_ body: (inout Tensor<Float>) -> Void) { body(&values) }
}
