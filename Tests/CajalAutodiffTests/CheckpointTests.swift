import CajalAutodiff
import CajalTensor
import TestBackends
import Testing

/// Segments that are computed again instead of kept.
@Suite struct CheckpointTests {
  /// What a pass gives: the loss, the gradients of its inputs and those of the parameters.
  private typealias Outcome = (loss: [UInt32], inputs: [[UInt32]], parameters: [UInt32])

  private static func bits(_ tensor: Tensor<Float>) -> [UInt32] { tensor.scalars.map(\.bitPattern) }

  /// A block that uses its first input three times, its second twice and a parameter twice.
  private static let segment: @Sendable (Tape, [Variable]) -> Variable = { tape, inputs in
    let kernel = tape.parameter(
      Tensor(randomNormal: [5, 5], key: RandomKey(seed: 4, stream: 0)), offset: 5)
    let (x, y) = (inputs[0], inputs[1])
    let key = DropoutKey(RandomKey(seed: 1, stream: 2, step: 3), rate: 0.25)
    let z = x.matmul(kernel).gelu().dropout(key) + x * y
    return z.matmul(kernel).softmax() + x / y.exp()
  }

  /// Two blocks, with uses of their inputs before, between and after.
  private func pass(checkpointed: Bool) -> Outcome {
    let gradients = ParameterGradients(count: 30)
    let tape = Tape(parameterGradients: gradients)
    let x = tape.variable(Tensor(randomNormal: [3, 5], key: RandomKey(seed: 5, stream: 0)))
    let y = tape.variable(Tensor(randomNormal: [5], key: RandomKey(seed: 6, stream: 0)))
    let bias = tape.parameter(Tensor([1, 2, 3, 4, 5]), offset: 0)
    func block(_ inputs: [Variable]) -> Variable {
      checkpointed ? tape.checkpoint(inputs, Self.segment) : Self.segment(tape, inputs)
    }
    let first = block([x.squared() + bias, y.sigmoid()])
    let second = block([first, bias])
    // One variable as both inputs, and its gradient from outside of the segment.
    let third = block([second, second]) * second + block([first, y])
    let loss = (third * y - first).squared().mean()
    tape.backward(from: loss)
    return (
      Self.bits(loss.value), [x, y].map { Self.bits(tape.gradient(of: $0)) },
      gradients.values.flatMap { $0.map(Self.bits) ?? [] }
    )
  }

  @Test func bitsAreTheSame() {
    let (kept, again) = (pass(checkpointed: false), pass(checkpointed: true))
    #expect(kept.loss == again.loss)
    #expect(kept.inputs == again.inputs)
    #expect(kept.parameters == again.parameters)
    #expect(Set(kept.parameters).count > 20)
  }

  @Test func insideAnother() {
    func gradient(_ function: (Variable) -> Variable) -> [UInt32] {
      let tape = Tape()
      let x = tape.variable(Tensor([0.5, -1, 2]))
      tape.backward(from: function(x).sum())
      return Self.bits(tape.gradient(of: x))
    }
    let plain = gradient { ($0.exp() * $0).tanh() + $0 }
    let nested = gradient { x in
      x.tape.checkpoint([x]) { tape, x in
        let product = tape.checkpoint(x) { _, x in x[0].exp() * x[0] }
        return product.tanh() + x[0]
      }
    }
    #expect(plain == nested)
  }

  @Test func identityAndConstants() {
    let tape = Tape()
    let x = tape.variable(Tensor([2, 3]))
    let same = tape.checkpoint([x]) { _, x in x[0] }
    let constant = tape.checkpoint([x]) { tape, _ in tape.constant(Tensor([4, 5])) }
    #expect(!constant.needsGradient)
    tape.backward(from: (same * constant).sum())
    #expect(tape.gradient(of: x).scalars == [4, 5])
  }

  /// With n segments of m operations, a pass keeps n tensors and m more instead of n · m.
  @Test func memoryIsFreed() {
    let elements = 1 << 14
    func peak(checkpointed: Bool) -> Int {
      let backend = LimitedBackend(bytes: .max)
      let tape = Tape()
      var x = tape.variable(Tensor(repeating: 0.1, shape: [elements], on: Device(backend)))
      let segment: @Sendable (Tape, [Variable]) -> Variable = { _, x in
        (0..<16).reduce(x[0]) { x, _ in x.tanh() }
      }
      for _ in 0..<16 {
        x = checkpointed ? tape.checkpoint([x], segment) : segment(tape, [x])
      }
      tape.backward(from: x.sum())
      return backend.peakBytes / (4 * elements)
    }
    #expect(peak(checkpointed: false) > 256)
    #expect(peak(checkpointed: true) < 16 + 16 + 12)
  }

  /// Every tensor of a checkpointed tape is freed, replayed or not.
  @Test(arguments: [false, true]) func tapesAreFreed(isReplayed: Bool) {
    let backend = LimitedBackend(bytes: .max)
    weak var tape: Tape?
    do {
      let own = Tape()
      tape = own
      let x = own.variable(Tensor(repeating: 1, shape: [100], on: Device(backend)))
      let y = own.checkpoint([x]) { _, x in x[0].exp().log() }
      if isReplayed { own.backward(from: y.sum()) }
      #expect(backend.usedBytes > 0)
    }
    #expect(tape == nil && backend.usedBytes == 0)
  }

  @Test func variablesOfOtherTapes() async {
    expectSentence(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let x = Tape().variable(Tensor([1, 2]))
        _ = Tape().checkpoint([x]) { _, x in x[0].exp() }
      }, "the operands of an operation are on one tape")
  }

  /// A second backward pass has no records.
  @Test func whatIsReplayedIsGone() async {
    expectSentence(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let tape = Tape()
        let y = tape.variable(Tensor([1, 2])).exp().sum()
        tape.backward(from: y)
        tape.backward(from: y)
      }, "record the operations again")
  }
}
