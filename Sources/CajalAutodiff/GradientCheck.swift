import CajalSupport
public import CajalTensor

/// Compares the derivative of an operation with differences of the operation itself.
///
/// ```swift
/// let check = GradientCheck(of: [x, kernel]) { inputs in
///   myOperation(inputs[0], inputs[1])
/// }
/// #expect(check.largestError < 1e-3)
/// ```
///
/// The loss is the sum of the results times fixed weights between 0.5 and 1.5, in Double. Its
/// derivative by each element is compared with the five-point difference `(f(-2h) - 8f(-h) + 8f(h)
/// - f(2h)) / 12h`, whose error is `h⁴ / 30` times the fifth derivative, plus the rounding of the
///   results over h. Keep the inputs further than 2h from where the operation has no derivative.
///   Costs four runs of the operation per element: use small tensors.
public struct GradientCheck: Sendable {
  /// The largest difference between a derivative and its finite difference, over 1 plus the
  /// magnitude of the latter; NaN where one of them is.
  public let largestError: Double
  /// The input and the element of its flat sequence that have the largest error.
  public let worst: (input: Int, element: Int)

  /// Checks an operation at a point.
  ///
  /// - Parameters:
  ///   - inputs: Where the derivatives are taken, one tensor of any shape per input.
  ///   - step: h, which should be a power of two.
  ///   - operation: Computes variables from variables of the inputs' shapes; called often.
  public init(
    of inputs: [Tensor<Float>], step: Float = 0x1p-5, _ operation: ([Variable]) -> Variable
  ) {
    require(step > 0, "a step is positive, not \(step)")
    let tape = Tape()
    let variables = inputs.map(tape.variable)
    let result = operation(variables)
    let weights = (0..<result.value.count).map { 0.5 + Float($0 * 7 % 16) / 16 }
    tape.backward(
      from: result, gradient: Tensor(weights, shape: result.shape, on: result.value.device))
    var largest = (error: 0.0, input: 0, element: 0)
    for (number, input) in inputs.enumerated() {
      let gradient = tape.gradient(of: variables[number]).scalars
      let values = input.scalars
      for element in values.indices {
        let losses = [-2, -1, 1, 2].map { (steps: Float) -> Double in
          var moved = values
          moved[element] += steps * step
          var all = inputs
          all[number] = Tensor(moved, shape: input.shape, on: input.device)
          let tape = Tape()
          return zip(operation(all.map(tape.variable)).value.scalars, weights)
            .reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let slope = (losses[0] - 8 * losses[1] + 8 * losses[2] - losses[3]) / (12 * Double(step))
        let error = abs(slope - Double(gradient[element])) / (1 + abs(slope))
        // False for NaN, which is kept.
        if !(error <= largest.error), !largest.error.isNaN { largest = (error, number, element) }
      }
    }
    largestError = largest.error
    worst = (largest.input, largest.element)
  }
}
