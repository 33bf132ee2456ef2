import CajalTensor

extension Tape {
  /// Where an operand's gradient is: elements of the flat sequence of `values` from `offset` on.
  /// Where it `accumulates`, what is written is added to what is there already.
  struct Place {
    let offset: Int
    let accumulates: Bool
  }

  /// Adds `gradient` to what has reached `operand` so far.
  func accumulate(_ gradient: Tensor<Float>, to operand: Operand) {
    switch operand.source {
    case .constant: return
    case .node(let node) where gradients[node] == nil:
      gradients[node] = gradient.reshaped(operand.shape)
    case .node, .parameter:
      withGradient(of: operand) { values, place in values.add(gradient, at: place.offset) }
    }
  }

  /// Adds the gradient of what `operand` was stretched to, summed over what it was stretched along.
  /// A constant costs no sum.
  func accumulate(_ gradient: Tensor<Float>, toStretched operand: Operand) {
    guard operand.needsGradient else { return }
    accumulate(Variable.sum(gradient, to: operand.shape), to: operand)
  }

  /// Lets `body` write the gradient of `operand`, or add to it where its place says that there is
  /// something there already. `body` is not called for a constant.
  func withGradient(
    of operand: Operand, _ body: (_ values: inout Tensor<Float>, _ place: Place) -> Void
  ) {
    switch operand.source {
    case .constant: return
    case .parameter(let place):
      parameterGradients?.withValues(ofGroup: place.group) {
        body(&$0, Place(offset: place.offset, accumulates: true))
      }
    case .node(let node):
      var gradient =
        gradients[node]
        ?? Tensor(uninitialized: operand.shape, on: operand.value.device)
      let accumulates = gradients[node] != nil
      gradients[node] = nil
      body(&gradient, Place(offset: 0, accumulates: accumulates))
      gradients[node] = gradient
    }
  }

  /// Adds the sums of the columns of a matrix to what has reached `operand` so far.
  func accumulateColumnSums(of x: Tensor<Float>, to operand: Operand) {
    withGradient(of: operand) { values, place in
      if !place.accumulates { values.fill(with: 0) }
      values.addColumnSums(of: x, at: place.offset)
    }
  }

  /// The gradient of an activation's input, `operation(gradient, y)`, the sums of whose columns are
  /// added to what has reached a bias so far.
  func activationGradient(
    _ operation: BinaryOperation, _ gradient: Tensor<Float>, _ y: Tensor<Float>, bias: Operand?
  ) -> Tensor<Float> {
    var result: Tensor<Float>?
    if let bias {
      withGradient(of: bias) { values, place in
        if !place.accumulates { values.fill(with: 0) }
        result = gradient.applied(
          operation, y, addingColumnSumsTo: &values, at: place.offset)
      }
    }
    return result ?? gradient.applied(operation, y)
  }

  /// The gradient of a product before bias and activation, of which `result` was stored; that of the
  /// bias is added to what has reached it so far.
  func productGradient(
    _ gradient: Tensor<Float>, _ activation: Activation, _ result: Tensor<Float>, bias: Operand?
  ) -> Tensor<Float> {
    switch activation {
    case .relu: return activationGradient(.whereSecondPositive, gradient, result, bias: bias)
    case .identity:
      if let bias { accumulateColumnSums(of: gradient, to: bias) }
      return gradient
    }
  }

  /// What has reached a variable so far and is no longer kept; `nil` for parameters and constants.
  func takeGradient(of operand: Operand) -> Tensor<Float>? {
    guard case .node(let node) = operand.source else { return nil }
    defer { gradients[node] = nil }
    return gradients[node]
  }

  /// Lets `body` add to the gradients of two operands, which begin at two elements of a flat buffer.
  func withGradients(
    of first: Operand, _ second: Operand,
    _ body: (_ sums: inout Tensor<Float>, _ first: Int, _ second: Int) -> Void
  ) {
    if case .parameter(let first) = first.source, case .parameter(let second) = second.source,
      first.group == second.group
    {
      parameterGradients?.withValues(ofGroup: first.group) {
        body(&$0, first.offset, second.offset)
      }
      return
    }
    let (count, device) = (first.value.count, first.value.device)
    var sums = Tensor<Float>(zeros: [count + second.value.count], on: device)
    body(&sums, 0, count)
    accumulate(sums.flatSlice(from: 0, shape: first.shape), to: first)
    accumulate(sums.flatSlice(from: count, shape: second.shape), to: second)
  }
}
