import CajalAutodiff
import CajalLayers
import CajalTensor
import Testing

/// Layers that are computed again in the backward pass: the same bits, dropout included.
@Suite struct CheckpointTests {
  /// Attention over a memory and feed-forward, with every kind of dropout.
  private struct Block: Sendable {
    let attention: MultiHeadAttention
    let feedForward: FeedForward
    let before, after: ProcessSequence

    init(_ name: String, in builder: inout ParameterBuilder) {
      let initializer = Initializer.uniformUnitScaling(gain: 1)
      (attention, feedForward, before, after) = builder.scope(name) { builder in
        (
          MultiHeadAttention(
            "attention", width: 8, keyChannels: 8, valueChannels: 8, heads: 2, dropout: 0.2,
            initializer: initializer, in: &builder),
          FeedForward(
            "ffn", width: 8, filterWidth: 12, dropout: 0.3, initializer: initializer, in: &builder),
          ProcessSequence(
            "before", sequence: "nd", width: 8, dropout: 0.1, epsilon: 1e-6, in: &builder),
          ProcessSequence(
            "after", sequence: "da", width: 8, dropout: 0.1, epsilon: 1e-6, in: &builder)
        )
      }
    }

    func callAsFunction(_ x: Variable, memory: Variable, _ pass: ForwardPass) -> Variable {
      let plan = AttentionPlan(keyCount: 5, visibleKeys: (0..<5).map { [0..<$0 + 1] })
      let attended = after(
        attention(before(x, pass), memory: memory, plan: plan, pass), residual: x, pass)
      return after(feedForward(attended, pass), residual: attended, pass)
    }
  }

  @Test(arguments: [nil, RandomKey(seed: 7, stream: 0, step: 3)])
  func gradientsHaveTheSameBits(randomness: RandomKey?) throws {
    var builder = ParameterBuilder()
    let blocks = (0..<3).map { Block("block_\($0)", in: &builder) }
    let layout = builder.layout
    let parameters = try layout.initialValues(seed: 1)
    func run(checkpointed: Bool) throws -> [[UInt32]] {
      let sums = try ParameterGradients(for: layout)
      let tape = Tape(parameterGradients: sums)
      let pass = ForwardPass(tape: tape, parameters: parameters, randomness: randomness)
      let start = tape.variable(
        Tensor(randomNormal: [2, 5, 8], key: RandomKey(seed: 2, stream: 0)))
      let memory = start.tanh()
      let result = blocks.reduce(pass.dropout(start, rate: 0.1)) { x, block in
        guard checkpointed else { return block(x, memory: memory, pass) }
        return pass.checkpoint([x, memory]) { block($0[0], memory: $0[1], $1) }
      }
      let loss = pass.dropout(result, rate: 0.5).squared().mean()
      tape.backward(from: loss)
      return ([loss.value, tape.gradient(of: start)] + sums.values.compactMap { $0 })
        .map { $0.scalars.map(\.bitPattern) }
    }
    #expect(try run(checkpointed: true) == run(checkpointed: false))
  }

  @Test func ofOneInput() throws {
    var builder = ParameterBuilder()
    let dense = Dense(
      "dense", inputs: 3, outputs: 2, initializer: .normal(standardDeviation: 1), in: &builder)
    let sums = try ParameterGradients(for: builder.layout)
    let pass = ForwardPass(
      tape: Tape(parameterGradients: sums), parameters: try builder.layout.initialValues(seed: 1))
    let x = pass.tape.constant(Tensor([1, 2, 3], shape: [1, 3]))
    let y = pass.checkpoint(x) { dense($0, $1) }
    pass.tape.backward(from: y.sum())
    #expect(sums[dense.kernel].scalars == [1, 1, 2, 2, 3, 3])
  }
}
