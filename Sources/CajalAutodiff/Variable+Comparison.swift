import CajalTensor

// Functions that choose between their arguments. Where two arguments are equal, so that the
// derivative has a corner, the gradient is shared.

extension Variable {
  /// The larger of each pair of elements, with broadcasting; NaN when either is. Equal elements
  /// get half of the gradient each.
  public func maximum(_ other: Variable) -> Variable {
    choice(.maximum, other) { $0.value.applied(.subtract, $1.value) }
  }

  /// The smaller of each pair of elements, with broadcasting; NaN when either is. Equal elements
  /// get half of the gradient each.
  public func minimum(_ other: Variable) -> Variable {
    choice(.minimum, other) { $1.value.applied(.subtract, $0.value) }
  }

  /// The larger of each element and `bound`.
  public func maximum(_ bound: Float) -> Variable { maximum(number(bound)) }

  /// The smaller of each element and `bound`.
  public func minimum(_ bound: Float) -> Variable { minimum(number(bound)) }

  /// The elements, those outside of `range` replaced with its nearest bound, where the derivative
  /// is 0.
  public func clamped(to range: ClosedRange<Float>) -> Variable {
    let y = value.applied(
      .maximum, Tensor(repeating: range.lowerBound, shape: [], on: value.device)
    )
    .applied(.minimum, Tensor(repeating: range.upperBound, shape: [], on: value.device))
    return derivative(y) { x, gradient in
      let above = gradient.applied(.whereSecondPositive, x.scaled(by: 1, plus: -range.upperBound))
      let below = gradient.applied(.whereSecondPositive, x.scaled(by: -1, plus: range.lowerBound))
      return gradient.applied(.subtract, above).applied(.subtract, below)
    }
  }

  /// Chooses between two operands; the left one is chosen where `lead` is positive.
  private func choice(
    _ operation: BinaryOperation, _ other: Variable,
    lead: @escaping @Sendable (_ left: Operand, _ right: Operand) -> Tensor<Float>
  ) -> Variable {
    tape.record(value.applied(operation, other.value), from: [self, other]) {
      [left = operand, right = other.operand] tape, gradient in
      // With the gradient g, g · [l > 0] - g · [l < 0] is g, 0 or -g.
      let lead = lead(left, right)
      let sign = gradient.applied(.whereSecondPositive, lead)
        .applied(.subtract, gradient.applied(.whereSecondPositive, lead.scaled(by: -1)))
      if left.needsGradient {
        let share = gradient.applied(.add, sign).scaled(by: 0.5)
        tape.accumulate(Self.sum(share, to: left.shape), to: left)
      }
      if right.needsGradient {
        let share = gradient.applied(.subtract, sign).scaled(by: 0.5)
        tape.accumulate(Self.sum(share, to: right.shape), to: right)
      }
    }
  }

  /// A constant without axes on this variable's tape and device.
  func number(_ value: Float) -> Variable {
    tape.constant(Tensor(repeating: value, shape: [], on: self.value.device))
  }
}
