import CajalTensor

// Element-wise arithmetic with broadcasting. Shapes align at the innermost axis; an axis of extent
// 1, or one that is missing, is stretched, and its gradient is summed over what it was stretched
// to.

extension Variable {
  /// The sum, with broadcasting.
  public static func + (left: Variable, right: Variable) -> Variable {
    let result = left.value.applied(.add, right.value)
    guard left.needsGradient || right.needsGradient else {
      left.tape.requireSameTape(right)
      return left.tape.constant(result)
    }
    return left.tape.record(result, from: [left, right]) {
      [left = left.operand, right = right.operand] tape, gradient in
      tape.accumulate(gradient, toStretched: left)
      tape.accumulate(gradient, toStretched: right)
    }
  }

  /// The difference, with broadcasting.
  public static func - (left: Variable, right: Variable) -> Variable {
    left.tape.record(left.value.applied(.subtract, right.value), from: [left, right]) {
      [left = left.operand, right = right.operand] tape, gradient in
      tape.accumulate(gradient, toStretched: left)
      guard right.needsGradient else { return }
      tape.accumulate(sum(gradient, to: right.shape).scaled(by: -1), to: right)
    }
  }

  /// The product, with broadcasting.
  public static func * (left: Variable, right: Variable) -> Variable {
    left.tape.record(left.value.applied(.multiply, right.value), from: [left, right]) {
      [left = left.operand, right = right.operand] tape, gradient in
      if left.needsGradient {
        let product = gradient.applied(.multiply, right.value)
        tape.accumulate(sum(product, to: left.shape), to: left)
      }
      if right.needsGradient {
        let product = gradient.applied(.multiply, left.value)
        tape.accumulate(sum(product, to: right.shape), to: right)
      }
    }
  }

  /// The quotient, with broadcasting.
  public static func / (left: Variable, right: Variable) -> Variable {
    let quotient = left.value.applied(.divide, right.value)
    return left.tape.record(quotient, from: [left, right]) {
      [left = left.operand, right = right.operand] tape, gradient in
      let scaled = gradient.applied(.divide, right.value)
      tape.accumulate(sum(scaled, to: left.shape), to: left)
      if right.needsGradient {
        let product = scaled.applied(.multiply, quotient).scaled(by: -1)
        tape.accumulate(sum(product, to: right.shape), to: right)
      }
    }
  }

  /// `scale · x + offset`, in one pass.
  public func scaled(by scale: Float, plus offset: Float = 0) -> Variable {
    tape.record(value.scaled(by: scale, plus: offset), from: [self]) {
      [x = operand] tape, gradient in
      tape.accumulate(gradient.scaled(by: scale), to: x)
    }
  }

  /// `-x`
  public static prefix func - (x: Variable) -> Variable { x.scaled(by: -1) }
}

// MARK: - Numbers

extension Variable {
  /// Adds `right` to every element.
  public static func + (left: Variable, right: Float) -> Variable {
    left.scaled(by: 1, plus: right)
  }
  /// Adds `left` to every element.
  public static func + (left: Float, right: Variable) -> Variable { right + left }
  /// Subtracts `right` from every element.
  public static func - (left: Variable, right: Float) -> Variable {
    left.scaled(by: 1, plus: -right)
  }
  /// Subtracts every element from `left`.
  public static func - (left: Float, right: Variable) -> Variable {
    right.scaled(by: -1, plus: left)
  }
  /// Multiplies every element with `right`.
  public static func * (left: Variable, right: Float) -> Variable {
    // Adding -0, unlike +0, leaves a product of -0 as it is.
    left.scaled(by: right, plus: -0.0)
  }
  /// Multiplies every element with `left`.
  public static func * (left: Float, right: Variable) -> Variable { right * left }
  /// Divides every element by `right`.
  public static func / (left: Variable, right: Float) -> Variable {
    left.tape.record(left.value / right, from: [left]) { [x = left.operand] tape, gradient in
      tape.accumulate(gradient / right, to: x)
    }
  }
  /// Divides `left` by every element.
  public static func / (left: Float, right: Variable) -> Variable {
    let quotient = left / right.value
    return right.tape.record(quotient, from: [right]) { [x = right.operand] tape, gradient in
      let product = gradient.applied(.divide, x.value).applied(.multiply, quotient)
      tape.accumulate(product.scaled(by: -1), to: x)
    }
  }
}

// MARK: - Assignment

extension Variable {
  /// Replaces `left` with the sum, with broadcasting.
  public static func += (left: inout Variable, right: Variable) { left = left + right }
  /// Replaces `left` with the difference, with broadcasting.
  public static func -= (left: inout Variable, right: Variable) { left = left - right }
  /// Replaces `left` with the product, with broadcasting.
  public static func *= (left: inout Variable, right: Variable) { left = left * right }
  /// Replaces `left` with the quotient, with broadcasting.
  public static func /= (left: inout Variable, right: Variable) { left = left / right }
  /// Adds `right` to every element.
  public static func += (left: inout Variable, right: Float) { left = left + right }
  /// Subtracts `right` from every element.
  public static func -= (left: inout Variable, right: Float) { left = left - right }
  /// Multiplies every element with `right`.
  public static func *= (left: inout Variable, right: Float) { left = left * right }
  /// Divides every element by `right`.
  public static func /= (left: inout Variable, right: Float) { left = left / right }
}

// MARK: - Building blocks

extension Variable {
  /// Undoes a broadcast: sums `gradient` over the axes that `shape` was stretched along.
  static func sum(_ gradient: Tensor<Float>, to shape: Shape) -> Tensor<Float> {
    guard gradient.shape != shape else { return gradient }
    let lead = gradient.rank - shape.rank
    var result = lead > 0 ? gradient.reduced(.sum, axis: 0, count: lead) : gradient
    for axis in 0..<shape.rank where shape[axis] == 1 && result.shape[axis] != 1 {
      var kept = result.shape.dimensions
      kept[axis] = 1
      result = result.reduced(.sum, axis: axis, count: 1).reshaped(Shape(kept))
    }
    return result
  }
}
