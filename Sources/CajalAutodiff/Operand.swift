import CajalTensor

/// A variable without its tape, for the derivatives that the tape owns: with the tape they would
/// keep each other alive, and a tape that is never replayed would never be freed.
struct Operand: Sendable {
  let value: Tensor<Float>
  let source: Source

  /// Where the gradient goes.
  enum Source {
    case constant
    case node(Int)
    case parameter(ParameterPlace)
  }

  var shape: Shape { value.shape }

  var needsGradient: Bool {
    if case .constant = source { return false }
    return true
  }
}
