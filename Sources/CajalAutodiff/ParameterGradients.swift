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
  public func reset() {
    values.makeUnique()
    values.device.backend.fill(values.unsafeMutablePointer, with: 0, count: values.count)
  }

  /// Adds `scale` times the gradients of another buffer of the same size.
  public func add(_ other: ParameterGradients, scale: Float = 1) {
    precondition(values.count == other.values.count, "gradients of two different models")
    values.makeUnique()
    values.device.backend.addScaled(
      other.values.unsafePointer, scale: scale, to: values.unsafeMutablePointer,
      count: values.count)
  }

  func withSlice(at offset: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    values.makeUnique()
    body(values.unsafeMutablePointer + offset)
  }
}
