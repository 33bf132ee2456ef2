public import CajalTensor

/// A tensor together with where its gradient goes.
///
/// Operations on variables compute at once and leave their derivative on the tape. Operands of one
/// operation must be on the same tape and the same device.
public struct Variable {
  /// What was computed.
  public let value: Tensor<Float>
  /// The record that this variable is part of.
  public let tape: Tape
  let source: Source

  enum Source {
    case constant
    case node(Int)
    case parameter(Int)
  }

  /// The shape of the value.
  public var shape: Shape { value.shape }

  /// Whether backward passes go through this variable.
  public var needsGradient: Bool {
    if case .constant = source { return false }
    return true
  }

  var backend: any Backend { value.device.backend }

  /// A constant of the same value: gradients stop here.
  public var detached: Variable { tape.constant(value) }
}
