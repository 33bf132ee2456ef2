public import CajalTensor

extension Variable {
  /// The elements of `a` where `condition` is true, and of `b` elsewhere. The three shapes
  /// broadcast to one.
  public static func `where`(
    _ condition: Tensor<Bool>, _ a: Variable, _ b: Variable
  ) -> Variable {
    a.tape.record(.where(condition, a.value, b.value), from: [a, b]) {
      [a = a.operand, b = b.operand] tape, gradient in
      let isTrue = condition.cast(to: Float.self)
      if a.needsGradient {
        let own = gradient.applied(.whereSecondPositive, isTrue)
        tape.accumulate(sum(own, to: a.shape), to: a)
      }
      if b.needsGradient {
        let own = gradient.applied(.whereSecondPositive, isTrue.scaled(by: -1, plus: 1))
        tape.accumulate(sum(own, to: b.shape), to: b)
      }
    }
  }

  /// The elements of `a` where `condition` is true, and the number `b` elsewhere.
  public static func `where`(_ condition: Tensor<Bool>, _ a: Variable, _ b: Float) -> Variable {
    Self.where(condition, a, a.number(b))
  }

  /// The number `a` where `condition` is true, and the elements of `b` elsewhere.
  public static func `where`(_ condition: Tensor<Bool>, _ a: Float, _ b: Variable) -> Variable {
    Self.where(condition, b.number(a), b)
  }
}
