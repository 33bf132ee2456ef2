import CajalAutodiff
import CajalTensor
import Testing

/// Labels, indices and places that do not exist are programming errors, found before memory is
/// touched.
@Suite struct BoundsTests {
  @Test(arguments: [Int32(4), -1, .max, .min]) func labels(_ label: Int32) async {
    await #expect(processExitsWith: .failure) { [label = label as Int32] in
      let logits = Tape().variable(Tensor(repeating: 0, shape: [3, 4]))
      _ = logits.crossEntropy(labels: Tensor([0, label, 3]))
    }
    await #expect(processExitsWith: .failure) { [label = label as Int32] in
      let logits = Tape().constant(Tensor(repeating: 0, shape: [1, 3, 4], on: .reference))
      _ = logits.meanCrossEntropy(labels: Tensor([0, 3, label], on: .reference))
    }
  }

  @Test func labelsThatAreClasses() {
    let logits = Tape().variable(Tensor(repeating: 0, shape: [3, 4]))
    #expect(logits.crossEntropy(labels: Tensor([0, 1, 3])).shape == [3])
    #expect(logits.meanCrossEntropy(labels: Tensor([3, 3, 3])).value.scalar > 0)
  }

  @Test func logitsWithoutClasses() async {
    await #expect(processExitsWith: .failure) {
      _ = Tape().variable(Tensor([], shape: [2, 0])).crossEntropy(labels: Tensor([], shape: [0]))
    }
  }

  @Test(arguments: [Int32(5), .max]) func rows(_ row: Int32) async {
    await #expect(processExitsWith: .failure) { [row = row as Int32] in
      let table = Tape().variable(Tensor(repeating: 1, shape: [5, 2]))
      _ = table.gatherRows(Tensor([0, row]))
    }
    await #expect(processExitsWith: .failure) { [row = row as Int32] in
      _ = Tensor<Float>(repeating: 1, shape: [5, 2]).gather(Tensor([row]))
    }
  }

  @Test func negativeRowsAreZeros() {
    let tape = Tape()
    let table = tape.variable(Tensor(repeating: 1, shape: [5, 2]))
    let rows = table.gatherRows(Tensor([4, -1, .min]), scale: 3)
    #expect(rows.value.scalars == [3, 3, 0, 0, 0, 0])
    tape.backward(from: rows.sum())
    #expect(tape.gradient(of: table).scalars == [0, 0, 0, 0, 0, 0, 0, 0, 3, 3])
  }

  @Test(arguments: [-1, 5, Int.max, Int.min]) func parameters(offset: Int) async {
    await #expect(processExitsWith: .failure) { [offset = offset as Int] in
      let tape = Tape(parameterGradients: ParameterGradients(count: 6))
      _ = tape.parameter(Tensor([1, 2]), offset: offset)
    }
  }

  @Test func theLastParameterFits() {
    let gradients = ParameterGradients(count: 6)
    let tape = Tape(parameterGradients: gradients)
    tape.backward(from: tape.parameter(Tensor([1, 2]), offset: 4).sum())
    #expect(gradients.values[0]?.scalars == [0, 0, 0, 0, 1, 1])
  }

  @Test(arguments: [0, -2]) func heads(_ count: Int) async {
    await #expect(processExitsWith: .failure) { [count = count as Int] in
      let x = Tape().variable(Tensor(repeating: 0, shape: [1, 2, 4]))
      let plan = AttentionPlan(keyCount: 2, visibleKeys: [[0..<2], [0..<2]])
      _ = x.attention(keys: x, values: x, plan: plan, heads: count)
    }
  }

  /// A node's number is not valid on another tape.
  @Test func tapesDoNotMix() async {
    await #expect(processExitsWith: .failure) {
      let (left, right) = (Tape().variable(Tensor([1])), Tape().variable(Tensor([2])))
      _ = left + right
    }
    await #expect(processExitsWith: .failure) {
      let (tape, other) = (Tape(), Tape())
      for _ in 0..<5 { _ = other.variable(Tensor([2])) }
      _ = tape.gradient(of: other.variable(Tensor([2])))
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape()
      tape.backward(from: Tape().variable(Tensor([2])))
    }
  }

  /// Nothing is copied between devices unless it is asked for.
  @Test func devicesDoNotMix() async {
    await #expect(processExitsWith: .failure) {
      let tape = Tape()
      _ = tape.variable(Tensor([1])) + tape.variable(Tensor([1], on: .reference))
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape()
      let kernel = tape.variable(Tensor([1], shape: [1, 1], on: .reference))
      _ = tape.variable(Tensor([1], shape: [1, 1])).matmul(kernel)
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape()
      let parts = [Device.cpu, .reference].map { tape.variable(Tensor([1], on: $0)) }
      _ = Variable.concatenate(parts, axis: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = Tape().variable(Tensor([1, 2])).gather(Tensor([0], on: .reference))
    }
    await #expect(processExitsWith: .failure) {
      let x = Tape().variable(Tensor([1, 2]))
      x.tape.backward(from: x, gradient: Tensor([1, 2], on: .reference))
    }
  }
}
