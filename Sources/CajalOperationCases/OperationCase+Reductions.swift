import CajalAutodiff
import CajalTensor

extension OperationCase {
  /// Sums, means, variances and largest elements.
  static var reductions: [OperationCase] {
    let shapes: [Shape] =
      extents.map { [$0] } + extents.flatMap { a in extents.map { [a, $0] as Shape } }
      + [[2, 3, 5], [5, 64, 3], [3, 0, 2], [300, 257], [3, 20_000]]
    return shapes.flatMap { shape -> [OperationCase] in
      let sums = (0..<shape.rank).map { axis in
        OperationCase(
          "sum of \(shape) along \(axis)", [Input(shape)], terms: shape[axis], flops: shape.count
        ) { $0[0].sum(axis: axis) }
      }
      let whole = OperationCase(
        "sum of \(shape)", [Input(shape)], terms: shape.count, flops: shape.count
      ) { $0[0].sum() }
      // The mean of nothing is NaN, which agrees with nothing.
      guard shape.count > 0 else { return sums + [whole] }
      return sums + [whole] + (0..<shape.rank).flatMap { averages(shape, axis: $0) }
    } + [[2, 3, 5], [5, 17, 3], [3, 2, 5, 2]].flatMap(overSeveralAxes)
  }

  /// Reductions over the outermost and the innermost axis, and over the last two.
  private static func overSeveralAxes(_ shape: Shape) -> [OperationCase] {
    [[0, -1], [-1, -2]].flatMap { axes -> [OperationCase] in
      let terms = axes.reduce(1) { $0 * shape[$1] }
      func row(
        _ name: String, flops: Int, _ operation: @escaping @Sendable (Variable) -> Variable
      ) -> OperationCase {
        OperationCase(
          "\(name) of \(shape) over \(axes)", [Input(shape)], terms: terms,
          flops: flops * shape.count
        ) { operation($0[0]) }
      }
      return [
        row("sum", flops: 1) { $0.sum(axes: axes) },
        row("mean, axes kept,", flops: 2) { $0 - $0.mean(axes: axes, keepingAxes: true) },
        row("variance", flops: 3) { $0.variance(axes: axes) },
        row("standard deviation", flops: 3) { ($0 * 2).standardDeviation(axes: axes) },
        row("largest and smallest", flops: 2) { x in
          // Apart from each other, so that differences do not change the order.
          let ranks = Tensor<Float>((0..<shape.count).map { Float($0 * 7 % shape.count) * 4 })
          let apart = x + x.tape.constant(ranks.reshaped(shape).copied(to: x.value.device))
          return apart.max(axes: axes) - apart.min(axes: axes)
        },
      ]
    }
  }

  /// What divides by the number of elements along an axis, and the largest of them.
  private static func averages(_ shape: Shape, axis: Int) -> [OperationCase] {
    func row(
      _ name: String, flops: Int, _ operation: @escaping @Sendable (Variable) -> Variable
    ) -> OperationCase {
      OperationCase(
        "\(name) of \(shape) along \(axis)", [Input(shape)], terms: shape[axis],
        flops: flops * shape.count
      ) { operation($0[0]) }
    }
    // One element of each line is far above the others: differences must not change the largest.
    let (length, stride) = (shape[axis], shape.strides[axis])
    let peaks = (0..<shape.count).map { element -> Float in
      let line = element / (stride * length) + element % stride
      return element / stride % length == line % length ? 4 : 0
    }
    return [
      row("mean", flops: 1) { $0.mean(axis: axis) },
      row("distances from the mean", flops: 2) { $0 - $0.mean(axis: axis, keepingAxis: true) },
      row("share of the sum of squares", flops: 3) {
        $0 / ($0.squared().sum(axis: axis, keepingAxis: true) + 2)
      },
      row("variance", flops: 3) { $0.variance(axis: axis) },
      row("variance, axis kept,", flops: 4) { $0 * $0.variance(axis: axis, keepingAxis: true) },
      row("largest", flops: 1) { x in
        (x + x.tape.constant(Tensor(peaks, shape: shape, on: x.value.device))).max(axis: axis)
      },
      row("smallest, axis kept,", flops: 1) { x in
        (x - x.tape.constant(Tensor(peaks, shape: shape, on: x.value.device)))
          .min(axis: axis, keepingAxis: true)
      },
    ]
  }
}
