import CajalAutodiff
import CajalLayers
import CajalTensor
import Testing

/// Sums that are left to the normalization of the next sub-layer.
@Suite struct PendingSumTests {
  private static let shape: Shape = [3, 5, 6]

  private static func numbers(_ stream: UInt32, _ shape: Shape = shape) -> Tensor<Float> {
    Tensor(randomNormal: shape, key: RandomKey(seed: 1, stream: stream))
  }

  /// The bits of results, and of the gradients of both terms and the norm's parameters.
  private func bits(
    _ results: (
      _ x: PendingSum, _ norm: LayerNorm, _ pass: ForwardPass
    ) -> (sum: Variable, normalized: Variable),
    dropout: DropoutKey?, hasResidual: Bool, uses: [Bool]
  ) throws -> [[UInt32]] {
    var builder = ParameterBuilder()
    let norm = LayerNorm(width: 6, epsilon: 1e-3, in: &builder)
    let layout = builder.layout
    let gradients = try ParameterGradients(for: layout)
    let tape = Tape(parameterGradients: gradients)
    let pass = ForwardPass(tape: tape, parameters: try layout.initialValues(seed: 1))
    let (x, residual) = (tape.variable(Self.numbers(1)), tape.variable(Self.numbers(2)))
    let (sum, normalized) = results(
      PendingSum(x, dropout: dropout, residual: hasResidual ? residual : nil), norm, pass)
    // Weights, since the gradient of a sum of normalized numbers is 0.
    let weighted = normalized * tape.constant(Self.numbers(4))
    let terms = zip([sum.squared(), weighted], uses).filter(\.1).map(\.0)
    let loss = terms.dropFirst().reduce(terms[0], +).sum()
    tape.backward(from: loss)
    let variables = [
      sum.value, normalized.value, tape.gradient(of: x), tape.gradient(of: residual),
    ]
    return (variables + gradients.values.compactMap { $0 }).map { $0.scalars.map(\.bitPattern) }
  }

  /// The bits are those of the parts, whichever of the results is used.
  @Test(arguments: [true, false], [true, false])
  func haveTheBitsOfTheirParts(drops: Bool, hasResidual: Bool) throws {
    let key = drops ? DropoutKey(RandomKey(seed: 5, stream: 6), rate: 0.25) : nil
    for uses in [[true, true], [true, false], [false, true]] {
      let together = try bits(
        { $1($0, $2) }, dropout: key, hasResidual: hasResidual, uses: uses)
      let apart = try bits(
        { x, norm, pass in
          let sum = x.computed()
          return (sum, norm(sum, pass))
        }, dropout: key, hasResidual: hasResidual, uses: uses)
      #expect(together == apart, "sum and normalization used: \(uses)")
      // Nothing of this is 0 throughout, unless it has no part in the sum.
      #expect(together[2].contains { $0 << 1 != 0 })
      #expect(together[3].contains { $0 << 1 != 0 } == hasResidual)
    }
  }

  /// A sequence of steps leaves the sum that it ends with, and normalizes one that it begins with.
  @Test func sequencesOfStepsLeaveTheirSum() throws {
    var builder = ParameterBuilder()
    func sequence(_ name: String, _ letters: String) -> ProcessSequence {
      ProcessSequence(
        name, sequence: letters, width: 6, dropout: 0.25, epsilon: 1e-3, in: &builder)
    }
    let (after, before) = (sequence("after", "nda"), sequence("before", "nd"))
    let plain = sequence("plain", "none")
    let parameters = try builder.layout.initialValues(seed: 1)
    func pass() -> ForwardPass {
      ForwardPass(
        tape: Tape(), parameters: parameters, randomness: RandomKey(seed: 3, stream: 0))
    }
    let (together, apart) = (pass(), pass())
    func results(_ pass: ForwardPass, _ isPending: Bool) -> [Tensor<Float>] {
      let (x, residual) = (
        pass.tape.constant(Self.numbers(1)), pass.tape.constant(Self.numbers(2))
      )
      guard isPending else {
        let sum = after(x, residual: residual, pass)
        return [sum.value, before(sum, pass).value]
      }
      let (sum, result) = before(after.pending(x, residual: residual, pass), pass)
      return [sum.value, result.value]
    }
    #expect(results(together, true) == results(apart, false))
    let x = together.tape.constant(Self.numbers(1))
    let (sum, result) = plain(PendingSum(x, residual: x), together)
    #expect(sum.value == x.value + x.value && result.value == sum.value)
  }
}
