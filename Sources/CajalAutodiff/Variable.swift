import CajalSupport
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

/// A parameter's group and its first element in the group's buffer, in one word: variables are
/// copied at every operation.
struct ParameterPlace: Sendable {
  private let bits: Int

  /// A place; traps for more groups or elements than any model has.
  init(group: Int, offset: Int) {
    require(
      (0..<(1 << 15)).contains(group) && (0..<(1 << 48)).contains(offset),
      "there is no place for element \(offset) of group \(group)")
    bits = group << 48 | offset
  }

  var group: Int { bits >> 48 }
  var offset: Int { bits & (1 << 48 - 1) }
}
