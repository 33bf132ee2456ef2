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
}
