import CajalTensor

// Element-wise arithmetic with broadcasting. Shapes align at the innermost axis; an axis of extent 1, or
// one that is missing, is stretched, and its gradient is summed over what it was stretched to.

extension Variable {
  /// The sum, with broadcasting.
  public static func + (left: Variable, right: Variable) -> Variable {
    let result = apply(.add, left.value, right.value)
    guard left.needsGradient || right.needsGradient else { return left.tape.constant(result) }
    return left.tape.record(result, from: [left, right]) {
      [left = left.operand, right = right.operand] tape, gradient in
      tape.accumulate(sum(gradient, to: left.shape), to: left)
      tape.accumulate(sum(gradient, to: right.shape), to: right)
    }
  }

  /// The difference, with broadcasting.
  public static func - (left: Variable, right: Variable) -> Variable {
    left.tape.record(apply(.subtract, left.value, right.value), from: [left, right]) {
      [left = left.operand, right = right.operand] tape, gradient in
      tape.accumulate(sum(gradient, to: left.shape), to: left)
      guard right.needsGradient else { return }
      tape.accumulate(affine(sum(gradient, to: right.shape), scale: -1), to: right)
    }
  }

  /// The product, with broadcasting.
  public static func * (left: Variable, right: Variable) -> Variable {
    left.tape.record(apply(.multiply, left.value, right.value), from: [left, right]) {
      [left = left.operand, right = right.operand] tape, gradient in
      if left.needsGradient {
        let product = apply(.multiply, gradient, right.value)
        tape.accumulate(sum(product, to: left.shape), to: left)
      }
      if right.needsGradient {
        let product = apply(.multiply, gradient, left.value)
        tape.accumulate(sum(product, to: right.shape), to: right)
      }
    }
  }

  /// The quotient, with broadcasting.
  public static func / (left: Variable, right: Variable) -> Variable {
    let quotient = apply(.divide, left.value, right.value)
    return left.tape.record(quotient, from: [left, right]) {
      [left = left.operand, right = right.operand] tape, gradient in
      let scaled = apply(.divide, gradient, right.value)
      tape.accumulate(sum(scaled, to: left.shape), to: left)
      if right.needsGradient {
        let product = affine(apply(.multiply, scaled, quotient), scale: -1)
        tape.accumulate(sum(product, to: right.shape), to: right)
      }
    }
  }

  /// `scale · x + offset`
  public func scaled(by scale: Float, plus offset: Float = 0) -> Variable {
    tape.record(Self.affine(value, scale: scale, offset: offset), from: [self]) {
      [x = operand] tape, gradient in
      tape.accumulate(Self.affine(gradient, scale: scale), to: x)
    }
  }

  /// `-x`
  public static prefix func - (x: Variable) -> Variable { x.scaled(by: -1) }
}

// MARK: - Building blocks

extension Variable {
  static func apply(_ operation: BinaryOperation, _ left: Tensor<Float>, _ right: Tensor<Float>)
    -> Tensor<Float>
  {
    guard let shape = left.shape.broadcast(with: right.shape),
      let geometry = BroadcastGeometry(left.shape, right.shape)
    else { preconditionFailure("cannot \(operation) \(left.shape) and \(right.shape)") }
    let result = Tensor<Float>(uninitialized: shape, on: left.device)
    left.device.backend.binary(
      operation, left.unsafePointer, right.unsafePointer, result.unsafeMutablePointer, geometry)
    return result
  }

  static func apply(_ operation: UnaryOperation, _ x: Tensor<Float>) -> Tensor<Float> {
    let result = Tensor<Float>(uninitialized: x.shape, on: x.device)
    x.device.backend.unary(operation, x.unsafePointer, result.unsafeMutablePointer, count: x.count)
    return result
  }

  static func affine(_ x: Tensor<Float>, scale: Float, offset: Float = 0) -> Tensor<Float> {
    let result = Tensor<Float>(uninitialized: x.shape, on: x.device)
    x.device.backend.affine(
      x.unsafePointer, scale: scale, offset: offset, result.unsafeMutablePointer, count: x.count)
    return result
  }

  static func reduce(
    _ operation: ReduceOperation, _ x: Tensor<Float>, axis: Int, count axes: Int = 1
  ) -> Tensor<Float> {
    let dimensions = x.shape.dimensions
    let outer = dimensions[..<axis]
    let inner = dimensions[(axis + axes)...]
    let result = Tensor<Float>(uninitialized: Shape(Array(outer + inner)), on: x.device)
    x.device.backend.reduce(
      operation, x.unsafePointer, result.unsafeMutablePointer, outer: outer.reduce(1, *),
      length: dimensions[axis..<(axis + axes)].reduce(1, *), inner: inner.reduce(1, *))
    return result
  }

  /// Undoes a broadcast: sums `gradient` over the axes that `shape` was stretched along.
  static func sum(_ gradient: Tensor<Float>, to shape: Shape) -> Tensor<Float> {
    guard gradient.shape != shape else { return gradient }
    let lead = gradient.rank - shape.rank
    var result = lead > 0 ? reduce(.sum, gradient, axis: 0, count: lead) : gradient
    for axis in 0..<shape.rank where shape[axis] == 1 && result.shape[axis] != 1 {
      var kept = result.shape.dimensions
      kept[axis] = 1
      result = reduce(.sum, result, axis: axis).reshaped(Shape(kept))
    }
    return result
  }
}
