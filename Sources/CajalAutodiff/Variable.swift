public import CajalTensor

/// A tensor together with where its gradient goes.
///
/// Operations on variables compute at once and leave their derivative on the tape. Operands of one
/// operation must be on the same tape and the same device.
public struct Variable {
  /// What recorded operations keep of this variable.
  let operand: Operand
  /// The record that this variable is part of.
  public let tape: Tape

  /// What was computed.
  public var value: Tensor<Float> { operand.value }

  /// The shape of the value.
  public var shape: Shape { operand.shape }

  /// Whether backward passes go through this variable.
  public var needsGradient: Bool { operand.needsGradient }

  /// A constant of the same value: gradients stop here.
  public var detached: Variable { tape.constant(value) }
}
