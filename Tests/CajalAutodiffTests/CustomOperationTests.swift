import CajalAutodiff
import CajalTensor
import Testing

/// Operations with derivatives written by a client.
@Suite struct CustomOperationTests {
  /// x³, as a client writes it.
  private func cube(_ x: Variable) -> Variable {
    let value = x.value
    return x.tape.record("cube", value * value * value, from: [x]) { gradient in
      [gradient * value * value * 3]
    }
  }

  @Test func gradientsAreThoseOfTheDerivative() {
    let tape = Tape()
    let x = tape.variable(Tensor([1, -2, 3]))
    tape.backward(from: (cube(x) * 2).sum())
    #expect(tape.gradient(of: x).scalars == [6, 24, 54])
  }

  @Test func severalInputs() {
    let tape = Tape()
    let (x, y) = (tape.variable(Tensor([2, 3])), tape.variable(Tensor([5])))
    let fixed = tape.constant(Tensor([7]))
    let result = tape.record("first plus constants", x.value + 1, from: [x, y, fixed]) {
      [$0, nil, Tensor([1])]
    }
    tape.backward(from: (result + x).sum())
    #expect(tape.gradient(of: x).scalars == [2, 2])
    #expect(tape.gradient(of: y).scalars == [0])
  }

  @Test func ofConstantsIsConstant() {
    let tape = Tape()
    let result = cube(tape.constant(Tensor([2])))
    #expect(result.value.scalars == [8] && !result.needsGradient)
  }

  /// What a derivative captures is freed with the tape, replayed or not.
  @Test(arguments: [false, true]) func capturesAreFreed(isReplayed: Bool) {
    final class Captured: Sendable {}
    weak var captured: Captured?
    weak var tape: Tape?
    do {
      let own = Tape()
      let object = Captured()
      (captured, tape) = (object, own)
      let x = own.variable(Tensor([1]))
      let y = own.record("identity", x.value, from: [x]) { gradient in
        withExtendedLifetime(object) { [gradient] }
      }
      if isReplayed { own.backward(from: y) }
      #expect(captured != nil)
    }
    #expect(captured == nil && tape == nil)
  }

  @Test func gradientCheck() {
    let x = Tensor<Float>([0.5, -1, 1.5])
    #expect(GradientCheck(of: [x]) { cube($0[0]) }.largestError < 1e-3)
    let wrong = GradientCheck(of: [Tensor([2]), x]) { inputs in
      let (x, y) = (inputs[0], inputs[1])
      let product = x.value * y.value
      return x.tape.record("product", product, from: [x, y]) { [y = y.value] in
        [($0 * y).sum().reshaped([1]), $0]
      }
    }
    // The weights are 0.5, 0.9375 and 1.375, and the derivative by y lacks the factor 2.
    #expect(abs(wrong.largestError - 1.375 / 3.75) < 1e-3 && wrong.worst == (1, 2))
  }

  /// The examples of Docs/autodiff.md.
  @Test func examples() {
    func limited(_ x: Variable, to limit: Float) -> Variable {
      let value = x.value.clamped(to: -limit...limit)
      return x.tape.record("limited", value, from: [x]) { gradient in [gradient] }
    }
    func hypotenuse(_ x: Variable, _ y: Variable) -> Variable {
      let (a, b) = (x.value, y.value)
      let result = (a * a + b * b).sqrt()
      return x.tape.record("hypotenuse", result, from: [x, y]) { gradient in
        [gradient * a / result, gradient * b / result]
      }
    }
    let check = GradientCheck(of: [[0.5, -1], [2, 0.25]]) { hypotenuse($0[0], $0[1]) }
    #expect(check.largestError < 1e-3)
    let tape = Tape()
    let x = tape.variable([[1, 2], [3, 4]])
    tape.backward(from: (limited(x, to: 2) * 3).sum())
    #expect(tape.gradient(of: x) == [[3, 3], [3, 3]])
  }

  @Test func gradientsThatDoNotFit() async {
    expectSentence(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let x = Tape().variable(Tensor([1, 2]))
        let y = x.tape.record("halving", x.value / 2, from: [x]) { _ in [Tensor([0.5])] }
        y.tape.backward(from: y.sum())
      }, "the derivative of halving by input 0 is of [1] on cpu")
    expectSentence(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let x = Tape().variable(Tensor([1, 2]))
        let y = x.tape.record("halving", x.value / 2, from: [x]) { _ in [] }
        y.tape.backward(from: y.sum())
      }, "the derivative of halving gives 0 gradients of 1 inputs")
  }

  @Test func resultsOnAnotherDevice() async {
    expectSentence(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let x = Tape().variable(Tensor([1, 2]))
        _ = x.tape.record("moving", x.value.copied(to: .reference), from: [x]) { [$0] }
      }, "moving has an input on cpu")
  }
}

/// Rows gathered before a pixel shuffle are those gathered after it.
@Suite struct PixelShuffleRowTests {
  @Test(arguments: [1, 2, 3, 4]) func rowsOfPixels(factor: Int) {
    let (images, rows, columns, features) = (2, 3, 5, 4)
    let key = RandomKey(seed: 8, stream: 2)
    let deep = Tensor<Float>(
      randomUniform: [images, rows, columns, factor * factor * features], key: key)
    let pixels = Tensor<Int32>(
      randomBelow: images * rows * columns * factor * factor, shape: [50], key: key)
    let tape = Tape()
    let (first, second) = (tape.variable(deep), tape.variable(deep))
    let table: Shape = [deep.count / features, features]
    let shuffled = first.pixelShuffled(factor: factor).reshaped(table).gatherRows(pixels)
    let gathered = second.reshaped(table).gatherRows(
      pixels.rowsBeforePixelShuffle(
        rows: rows * factor, columns: columns * factor, factor: factor))
    #expect(shuffled.value == gathered.value)
    tape.backward(from: (shuffled.squared() + gathered.squared()).sum())
    #expect(tape.gradient(of: first) == tape.gradient(of: second))
  }
}
