import CajalSupport
public import CajalTensor

/// A record of what was computed from variables, replayed backwards to differentiate it.
///
/// A tape belongs to one thread and one forward pass: make a new one for each. Nothing is global,
/// so that several replicas can each fill their own. What operations keep for their derivatives is
/// freed by ``backward(from:seed:)``, or with the last reference to the tape and its variables.
///
/// ```swift
/// let tape = Tape()
/// let x = tape.variable(Tensor([3]))
/// tape.backward(from: (x * x).sum())
/// tape.gradient(of: x)  // 6
/// ```
public final class Tape {
  /// Where parameters' gradients are added, if any are wanted.
  public let parameterGradients: ParameterGradients?

  /// Whether derivatives are kept. Without them values and what needs a gradient are the same, and
  /// nothing can be replayed: the first run of a checkpointed segment.
  let keepsDerivatives: Bool

  /// What the backward pass is expected to begin with.
  let expectedSeed: Float?
  /// The gradient that a backward pass with that seed began with.
  private var seedGradient: Tensor<Float>?

  /// Replayed in reverse; an entry is the derivative of one operation.
  private var operations: [Operation] = []
  var gradients: [Tensor<Float>?] = []
  /// The nodes of earlier backward passes, whose derivatives are freed.
  private var replayedNodes = 0

  /// What to do with the gradient of an operation's result.
  ///
  /// It is sendable so that it cannot capture a ``Variable``, which would keep the tape alive: it
  /// captures operands and is handed the tape.
  typealias Backward = @Sendable (_ tape: Tape, _ gradient: Tensor<Float>) -> Void

  private struct Operation {
    let node: Int
    let backward: Backward
  }

  /// An empty tape. Gradients of parameters are added to `parameterGradients`; without it
  /// parameters are constants.
  ///
  /// - Parameters:
  ///   - parameterGradients: Where gradients of parameters are added.
  ///   - expectedSeed: The seed of ``backward(from:seed:)``, if it is known: then a loss may make
  ///     its gradient along with its value. Gradients are right with any other seed, too.
  public convenience init(
    parameterGradients: ParameterGradients? = nil, expectedSeed: Float? = nil
  ) {
    self.init(
      parameterGradients: parameterGradients, keepsDerivatives: true, expectedSeed: expectedSeed)
  }

  /// An empty tape, which may only compute.
  init(
    parameterGradients: ParameterGradients?, keepsDerivatives: Bool, expectedSeed: Float? = nil
  ) {
    self.parameterGradients = parameterGradients
    self.keepsDerivatives = keepsDerivatives
    self.expectedSeed = expectedSeed
  }

  /// A variable to differentiate with respect to.
  public func variable(_ value: Tensor<Float>) -> Variable {
    gradients.append(nil)
    return Variable(
      operand: Operand(value: value, source: .node(gradients.count - 1)), tape: self)
  }

  /// A value that is not differentiated.
  public func constant(_ value: Tensor<Float>) -> Variable {
    Variable(operand: Operand(value: value, source: .constant), tape: self)
  }

  /// A slice of the flat buffer of a group of parameters, from element `offset` on. Its gradient is
  /// added to the same place of ``parameterGradients``; without gradients of that group it is a
  /// constant. Traps when they have no such place.
  public func parameter(_ value: Tensor<Float>, group: Int = 0, offset: Int) -> Variable {
    guard let gradients = parameterGradients?.values else { return constant(value) }
    require(
      gradients.indices.contains(group), "there are gradients of \(gradients.count) groups")
    guard let count = gradients[group]?.count else { return constant(value) }
    require(
      offset >= 0 && value.count <= count && offset <= count - value.count,
      "a parameter of \(value.shape) at element \(offset) is outside of \(count) gradients")
    return Variable(
      operand: Operand(
        value: value, source: .parameter(ParameterPlace(group: group, offset: offset))), tape: self)
  }

  /// The result of an operation. `backward` is kept only if one of `inputs` needs a gradient.
  func record(_ value: Tensor<Float>, from inputs: [Variable], _ backward: @escaping Backward)
    -> Variable
  {
    var needsGradient = false
    for input in inputs {
      requireSameTape(input)
      if input.needsGradient { needsGradient = true }
    }
    return needsGradient ? recordResult(value, backward) : constant(value)
  }

  /// The result of an operation that needs a gradient.
  func recordResult(_ value: Tensor<Float>, _ backward: @escaping Backward) -> Variable {
    let result = variable(value)
    if keepsDerivatives {
      operations.append(Operation(node: gradients.count - 1, backward: backward))
    }
    return result
  }

  /// Traps when an operand of an operation on this tape is on another one.
  func requireSameTape(_ operand: Variable) {
    require(
      operand.tape === self,
      "the operands of an operation are on one tape: give it another tape's value by constant(_:)")
  }

  /// Propagates `seed` times the gradient of `loss`, one number, to everything it was computed
  /// from, and empties the tape: what the operations kept alive is freed on the way.
  public func backward(from loss: Variable, seed: Float = 1) {
    require(loss.value.count == 1, "a loss is one number, not \(loss.value.shape)")
    let gradient = Tensor(repeating: seed, shape: loss.value.shape, on: loss.value.device)
    seedGradient = seed == expectedSeed ? gradient : nil
    backward(from: loss, gradient: gradient)
    seedGradient = nil
  }

  /// Whether a gradient is the one that the backward pass began with, with the expected seed.
  func isExpectedSeed(_ gradient: Tensor<Float>) -> Bool {
    seedGradient?.buffer == gradient.buffer
  }

  /// Propagates `gradient`, of the shape of `result`, to everything that `result` was computed
  /// from, and empties the tape.
  public func backward(from result: Variable, gradient: Tensor<Float>) {
    require(
      gradient.shape == result.shape && gradient.device == result.value.device,
      """
      the gradient of a result of \(result.shape) on \(result.value.device) is not of \
      \(gradient.shape) on \(gradient.device)
      """)
    require(result.tape === self, "a variable is differentiated on its own tape")
    if case .node(let node) = result.operand.source {
      require(
        node >= replayedNodes,
        "a backward pass frees what it has replayed: record the operations again for another one")
    }
    accumulate(gradient, to: result.operand)
    replayedNodes = gradients.count
    while let operation = operations.popLast() {
      guard let gradient = gradients[operation.node] else { continue }
      gradients[operation.node] = nil
      operation.backward(self, gradient)
    }
  }

  /// The gradient that reached a variable made by ``variable(_:)``; zeros if none did.
  public func gradient(of variable: Variable) -> Tensor<Float> {
    guard variable.tape === self, case .node(let node) = variable.operand.source else {
      requirementFailure("only a variable of this tape has a gradient on it")
    }
    return gradients[node]
      ?? Tensor(repeating: 0, shape: variable.value.shape, on: variable.value.device)
  }
}
