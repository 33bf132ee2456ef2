import CajalAutodiff
import CajalOperationCases
import CajalTensor
import Testing

/// Every derivative against differences of the function itself, on the reference device.
///
/// The loss is the sum of the results times random weights, in Double. The five-point stencil
/// `(f(-2h) - 8f(-h) + 8f(h) - f(2h)) / 12h` with h = 2⁻⁵ is off by `h⁴/30` of the fifth
/// derivative, 10⁻⁴ where that is 3000 (which the ranges of the table ensure), and by `1.5 / h` of
/// the loss's rounding: each result is rounded to Float, half a unit of 2⁻²³.
@Suite struct FiniteDifferenceTests {
  static let step: Float = 0x1p-5

  /// The loss, and a bound of its rounding error.
  private func loss(
    _ row: OperationCase, _ inputs: [Tensor<Float>], _ weights: [Float]
  ) -> (value: Double, rounding: Double) {
    let terms = zip(row.result(of: inputs).scalars, weights).map { Double($0) * Double($1) }
    return (terms.reduce(0, +), terms.reduce(0) { $0 + abs($1) } * 0x1p-24)
  }

  private func check(_ row: OperationCase) {
    let inputs = row.inputs(on: .reference)
    let (result, gradients) = row.resultAndGradients(of: inputs)
    let weights = row.resultGradient(result.shape, on: .reference).scalars
    for (number, input) in inputs.enumerated() {
      let values = input.scalars
      let gradient = gradients[number].scalars
      // Up to seven elements of each input, the first and the last among them.
      let stride = Swift.max(1, (values.count - 1) / 6)
      for index in Swift.stride(from: 0, to: values.count, by: stride) {
        var rounding = 0.0
        let losses = [-2, -1, 1, 2].map { (steps: Float) -> Double in
          var moved = values
          moved[index] += steps * Self.step
          var all = inputs
          all[number] = Tensor(moved, shape: input.shape, on: .reference)
          let (value, bound) = loss(row, all, weights)
          rounding = Swift.max(rounding, bound)
          return value
        }
        let slope =
          (losses[0] - 8 * losses[1] + 8 * losses[2] - losses[3]) / (12 * Double(Self.step))
        let allowed = 1e-4 + 1.5 / Double(Self.step) * rounding
        guard abs(slope - Double(gradient[index])) > allowed else { continue }
        Issue.record(
          """
          \(row.name): the derivative by element \(index) of input \(number) is \
          \(gradient[index]), differences say \(slope) ± \(allowed)
          """)
        return
      }
    }
  }

  @Test(arguments: OperationCase.groups.map(\.name)) func agreesWithDerivatives(group: String) {
    let rows = OperationCase.groups.filter { $0.name == group }.flatMap(\.cases)
      .filter { $0.flops <= 20_000 && $0.inputs.allSatisfy { $0.shape.count <= 2000 } }
    #expect(!rows.isEmpty)
    for row in rows { check(row) }
  }
}
