public import CajalAutodiff
public import CajalTensor

/// A row of the table of operations: an operation on variables, its inputs and its cost.
///
/// The table has three uses: every backend must agree with the reference, forward and backward;
/// every derivative must agree with finite differences; and throughput is measured on the same
/// operations. A new operation is a new row.
public struct OperationCase: Sendable {
  /// An input of an operation: random numbers, equal for every device.
  public struct Input: Sendable {
    /// The extents.
    public let shape: Shape
    /// The numbers are uniform in this range.
    public let range: ClosedRange<Float>
    /// Whether numbers closer to 0 than 1/8 are moved away from it, where the operation has a
    /// corner.
    public let avoidsZero: Bool

    /// Numbers in `range`, chosen so that fifth derivatives stay below 3000.
    public init(_ shape: Shape, in range: ClosedRange<Float> = -1...1, avoidsZero: Bool = false) {
      self.shape = shape
      self.range = range
      self.avoidsZero = avoidsZero
    }
  }

  /// The name: the operation and the numbers that distinguish its cases.
  public let name: String
  /// The inputs.
  public let inputs: [Input]
  /// The number of terms in the longest sum that a result or a gradient takes, which bounds its
  /// rounding.
  public let terms: Int
  /// The useful floating-point operations of the forward pass.
  public let flops: Int

  private let operation: @Sendable ([Variable]) -> Variable

  /// A row; `flops` counts an addition, a multiplication and a function of one element as one each.
  public init(
    _ name: String, _ inputs: [Input], terms: Int = 1, flops: Int,
    _ operation: @escaping @Sendable ([Variable]) -> Variable
  ) {
    self.name = name
    self.inputs = inputs
    self.terms = terms
    self.flops = flops
    self.operation = operation
  }
}

extension OperationCase {
  /// The random inputs of this case.
  public func inputs(on device: Device) -> [Tensor<Float>] {
    inputs.enumerated().map { index, input in
      var stream = RandomStream(RandomKey(seed: 2026, stream: UInt32(index)))
      let width = input.range.upperBound - input.range.lowerBound
      let numbers = (0..<input.shape.count).map { _ in
        let number = input.range.lowerBound + width * stream.nextUniform()
        guard input.avoidsZero, abs(number) < 0.125 else { return number }
        return number < 0 ? number - 0.125 : number + 0.125
      }
      return Tensor(numbers, shape: input.shape, on: device)
    }
  }

  /// The gradient that a backward pass starts from: random numbers of the result's shape.
  public func resultGradient(_ shape: Shape, on device: Device) -> Tensor<Float> {
    var stream = RandomStream(RandomKey(seed: 2026, stream: 1000))
    let numbers = (0..<shape.count).map { _ in 2 * stream.nextUniform() - 1 }
    return Tensor(numbers, shape: shape, on: device)
  }

  /// The operation on variables, which leaves its derivative on their tape.
  public func callAsFunction(_ variables: [Variable]) -> Variable { operation(variables) }

  /// The forward pass alone.
  public func result(of inputs: [Tensor<Float>]) -> Tensor<Float> {
    let tape = Tape()
    return operation(inputs.map(tape.constant)).value
  }

  /// The forward pass, and the backward pass from ``resultGradient(_:on:)``: one gradient per
  /// input.
  public func resultAndGradients(
    of inputs: [Tensor<Float>]
  ) -> (result: Tensor<Float>, gradients: [Tensor<Float>]) {
    let tape = Tape()
    let variables = inputs.map(tape.variable)
    let result = operation(variables)
    tape.backward(
      from: result, gradient: resultGradient(result.shape, on: result.value.device))
    return (result.value, variables.map(tape.gradient))
  }
}

extension OperationCase: CustomStringConvertible {
  /// The name.
  public var description: String { name }
}

extension OperationCase {
  /// The groups of rows, by what they are about.
  public static let groups: [(name: String, cases: [OperationCase])] = [
    ("functions", functions), ("arithmetic", arithmetic), ("reductions", reductions),
    ("shapes", shapes), ("matrix products", matrixProducts), ("pictures", pictures), ("rows", rows),
    ("pixels", pixels), ("attention", attention), ("segments", segments),
    (hostGroup, hostFunctions),
  ]

  /// Extents around the boundaries of loops, lanes and tiles.
  static let extents = [0, 1, 2, 3, 5, 17, 64]
}
