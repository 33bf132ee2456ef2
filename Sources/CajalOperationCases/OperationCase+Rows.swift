import CajalAutodiff
public import CajalTensor

extension OperationCase {
  /// Operations on the rows of the innermost axis.
  static var rows: [OperationCase] {
    let widths = extents.dropFirst() + [16, 31, 32, 33, 256, 300]
    return widths.flatMap { width in
      [1, 3, 17].flatMap { rows -> [OperationCase] in
        let shape: Shape = [rows, width]
        let gathers = [rows, 5 * rows].map { count in
          gather(count: count, from: rows, width: width)
        }
        let table = [
          softmax(shape), logSoftmax(shape), layerNorm(shape, epsilon: 0.25),
          layerNorm([rows, 1, width], epsilon: 0.5), residualLayerNorm(shape, epsilon: 0.25),
          residualDropout(shape), addedRows(count: 3 * rows, from: rows, width: width),
          rowSum(batch: 2, positions: rows, tables: 2, width: width),
          layerNormOfSum(shape, drops: true), layerNormOfSum(shape, drops: false),
          layerNormOfSum(shape, drops: true, hasResidual: false),
          layerNormOfSum(shape, drops: true, usesSum: false),
        ]
        guard width > 1 else { return table + gathers }
        return table + gathers + [
          crossEntropy(shape, smoothing: 0), crossEntropy(shape, smoothing: 0.1),
          meanCrossEntropy(shape, smoothing: 0.1),
        ]
      }
    }
  }

  /// Softmax along the innermost axis.
  public static func softmax(_ shape: Shape) -> OperationCase {
    OperationCase(
      "softmax of \(shape)", [Input(shape, in: -2...2)], terms: shape[-1],
      flops: 4 * shape.count
    ) { $0[0].softmax() }
  }

  /// The logarithm of softmax along the innermost axis.
  public static func logSoftmax(_ shape: Shape) -> OperationCase {
    OperationCase(
      "log softmax of \(shape)", [Input(shape, in: -2...2)], terms: shape[-1],
      flops: 4 * shape.count
    ) { $0[0].logSoftmax() }
  }

  /// Layer normalization along the innermost axis.
  public static func layerNorm(_ shape: Shape, epsilon: Float) -> OperationCase {
    let width = shape[-1]
    return OperationCase(
      "layer norm of \(shape)", [Input(shape, in: -2...2), Input([width]), Input([width])],
      terms: max(width, shape.count / max(width, 1)), flops: 8 * shape.count
    ) { $0[0].layerNorm(scale: $0[1], bias: $0[2], epsilon: epsilon) }
  }

  /// Rows and their normalization, so that two gradients meet.
  public static func residualLayerNorm(_ shape: Shape, epsilon: Float) -> OperationCase {
    let width = shape[-1]
    return OperationCase(
      "\(shape) and its layer norm", [Input(shape, in: -2...2), Input([width]), Input([width])],
      terms: max(width, shape.count / max(width, 1)), flops: 9 * shape.count
    ) { $0[0] + $0[0].layerNorm(scale: $0[1], bias: $0[2], epsilon: epsilon) }
  }

  /// The layer normalization of a sum, plus a third of the sum itself, so that two gradients meet.
  ///
  /// - Parameters:
  ///   - shape: The sum's.
  ///   - drops: Whether a term goes through dropout.
  ///   - hasResidual: Whether there is another term.
  ///   - usesSum: Whether the sum itself is used.
  public static func layerNormOfSum(
    _ shape: Shape, drops: Bool, hasResidual: Bool = true, usesSum: Bool = true
  ) -> OperationCase {
    let width = shape[-1]
    let key = DropoutKey(RandomKey(seed: 1, stream: 2, step: 3), rate: 0.3)
    let names = [
      drops ? "dropout" : nil, hasResidual ? "residual" : nil, usesSum ? "sum" : nil,
    ].compactMap { $0 }
    let residual = hasResidual ? [Input(shape, in: -2...2)] : []
    return OperationCase(
      "layer norm of a sum of \(shape), \(names.joined(separator: ", "))",
      [Input([width]), Input([width]), Input(shape, in: -2...2)] + residual,
      terms: max(width, shape.count / max(width, 1)), flops: 10 * shape.count
    ) { inputs in
      let (sum, normalized) = inputs[2].layerNormOfSum(
        dropout: drops ? key : nil, residual: inputs.dropFirst(3).first, scale: inputs[0],
        bias: inputs[1], epsilon: 0.25)
      return usesSum ? normalized + sum * (1 / 3) : normalized
    }
  }

  /// Dropout and a residual.
  public static func residualDropout(_ shape: Shape) -> OperationCase {
    let key = DropoutKey(RandomKey(seed: 1, stream: 2, step: 3), rate: 0.3)
    return OperationCase(
      "dropout and residual of \(shape)", [Input(shape), Input(shape)], flops: 2 * shape.count
    ) { $0[0].dropout(key, addedTo: $0[1]) }
  }

  /// The cross-entropy of each row.
  public static func crossEntropy(_ shape: Shape, smoothing: Float) -> OperationCase {
    let labels = (0..<shape[0]).map { Int32($0 * 7 % shape[1]) }
    return OperationCase(
      "cross-entropy of \(shape), smoothing \(smoothing)", [Input(shape, in: -2...2)],
      terms: shape[1], flops: 4 * shape.count
    ) {
      $0[0].crossEntropy(
        labels: Tensor(labels, on: $0[0].value.device), smoothing: smoothing)
    }
  }

  /// The mean of the rows' cross-entropies.
  public static func meanCrossEntropy(_ shape: Shape, smoothing: Float) -> OperationCase {
    let labels = (0..<shape[0]).map { Int32($0 * 7 % shape[1]) }
    return OperationCase(
      "mean cross-entropy of \(shape), smoothing \(smoothing)", [Input(shape, in: -2...2)],
      terms: shape.count, flops: 4 * shape.count
    ) {
      $0[0].meanCrossEntropy(
        labels: Tensor(labels, on: $0[0].value.device), smoothing: smoothing)
    }
  }

  /// Rows of a table; the same row more than once where there are fewer, and every fifth a row of
  /// zeros.
  public static func gather(count: Int, from rows: Int, width: Int) -> OperationCase {
    let indices = (0..<count).map { $0 % 5 == 4 ? -1 : Int32($0 * 7 % rows) }
    return OperationCase(
      "\(count) rows of [\(rows), \(width)]", [Input([rows, width])],
      terms: count, flops: count * width
    ) {
      $0[0].gatherRows(Tensor(indices, on: $0[0].value.device), scale: 0.75)
    }
  }

  /// Rows, to which rows of a table are added as by ``gather(count:from:width:)``.
  public static func addedRows(count: Int, from rows: Int, width: Int) -> OperationCase {
    let indices = (0..<count).map { $0 % 5 == 4 ? -1 : Int32($0 * 7 % rows) }
    return OperationCase(
      "\(count) rows and those of [\(rows), \(width)]",
      [Input([count, width]), Input([rows, width])],
      terms: count, flops: 2 * count * width
    ) {
      $0[0].adding(rowsOf: $0[1], Tensor(indices, on: $0[0].value.device), scale: 0.75)
    }
  }

  /// The sum of rows of tables, of a signal for each position and of elements.
  public static func rowSum(batch: Int, positions: Int, tables: Int, width: Int) -> OperationCase {
    let shape: Shape = [batch, positions, width]
    let indices = (0..<batch * positions).map { $0 % 5 == 4 ? -1 : Int32($0 * 7 % 3) }
    return OperationCase(
      "sum of rows of \(tables) tables and of others of \(shape)",
      [Input([positions, width]), Input(shape)] + (0..<tables).map { _ in Input([3, width]) },
      terms: batch * positions + tables + 2, flops: (2 * tables + 1) * shape.count
    ) { inputs in
      let device = inputs[0].value.device
      let rows = Tensor(indices, shape: [batch, positions], on: device)
      var terms = inputs[2...].map { RowTerm.rows(of: $0, rows, scale: 0.75) }
      terms.insert(.elements(of: inputs[0]), at: 1)
      return inputs[0].tape.sum(terms + [.elements(of: inputs[1])])
    }
  }
}
