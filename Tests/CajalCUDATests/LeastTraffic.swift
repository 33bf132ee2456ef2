/// The bytes of device memory that a step has to move: what is written down for a model, term by
/// term.
///
/// Products, convolutions and attention read their operands and write their result once, bias and
/// activation included. Between two of them there is one pass over memory. What is kept for the
/// backward pass is written once and read once there. Neither partial sums nor numbers of rows,
/// such as the losses, are counted.
struct LeastTraffic {
  /// What a term is for: a part of a step.
  enum Part: String, CaseIterable {
    case products, convolutions, attention, between = "between them", tables = "rows of tables"
    case losses, updates
  }

  private(set) var floats: [Part: Int] = [:]

  /// The bytes of a part.
  func bytes(of part: Part) -> Int { 4 * floats[part, default: 0] }

  /// All bytes.
  var bytes: Int { 4 * floats.values.reduce(0, +) }

  /// Adds numbers of 4 bytes that are read or written.
  mutating func add(_ part: Part, _ count: Int...) {
    floats[part, default: 0] += count.reduce(0, +)
  }

  /// A dense layer of so many rows, forward and backward.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - inputs: The width of the input.
  ///   - outputs: The width of the result.
  ///   - needsGradient: Whether the input is differentiated.
  ///   - adds: Whether the input's gradient is added to what other layers have given it.
  ///   - part: What it is a term of.
  mutating func addProduct(
    rows: Int, _ inputs: Int, _ outputs: Int, needsGradient: Bool = true, adds: Bool = false,
    part: Part = .products
  ) {
    addOperation(
      x: rows * inputs, kernel: inputs * outputs, result: rows * outputs,
      needsGradient: needsGradient, adds: adds, part: part)
  }

  /// A convolution of so many positions that keeps their number, forward and backward.
  mutating func addConvolution(
    positions: Int, _ inputs: Int, _ outputs: Int, window: Int, needsGradient: Bool = true,
    adds: Bool = false
  ) {
    addOperation(
      x: positions * inputs, kernel: window * window * inputs * outputs,
      result: positions * outputs, needsGradient: needsGradient, adds: adds, part: .convolutions)
  }

  private mutating func addOperation(
    x: Int, kernel: Int, result: Int, needsGradient: Bool, adds: Bool, part: Part
  ) {
    // Forward, and the gradient of the kernel.
    add(part, x, kernel, result)
    add(part, x, result, kernel)
    guard needsGradient else { return }
    add(part, result, kernel, x)
    if adds { add(part, x) }
  }

  /// Attention of queries over keys and values, forward and backward: the backward pass needs the
  /// result again, and writes a gradient for each operand.
  mutating func addAttention(queries: Int, keys: Int, width: Int, heads: Int) {
    let (query, key) = (queries * width, keys * width)
    let logSumExp = queries * heads
    add(.attention, query, 2 * key, query, logSumExp)
    add(.attention, query, 2 * key, query, query, logSumExp, query, 2 * key)
  }

  /// The passes between two sub-layers: dropout, residual and the normalization of the sum.
  ///
  /// Forward the sub-layer's result and the residual are read, the sum and its normalization
  /// written. Backward the gradients of both and the sum are read; what the residual and, through
  /// its dropout, the sub-layer get is written, which without dropout is the same.
  mutating func addResidualNorm(_ count: Int, hasDropout: Bool) {
    add(.between, 2 * count, 2 * count)
    add(.between, 3 * count, hasDropout ? 2 * count : count)
  }

  /// The gradient of an activation and that of the bias before it, whose sums are made on the way.
  mutating func addActivationGradient(_ count: Int) { add(.between, 2 * count, count) }

  /// The norm of the gradients, and a step of Adam with a moving average: parameters, two moments and
  /// the average are read and written.
  mutating func addUpdate(parameters: Int) {
    add(.updates, parameters, parameters, 4 * parameters, 4 * parameters)
  }
}
