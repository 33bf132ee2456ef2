import CajalAutodiff
import CajalTensor

extension OperationCase {
  /// Functions of one element.
  static var functions: [OperationCase] {
    let table: [(String, ClosedRange<Float>, @Sendable (Variable) -> Variable)] = [
      ("exp", -2...2, { $0.exp() }), ("log", 0.5...3, { $0.log() }),
      ("square root", 0.5...3, { $0.squareRoot() }), ("square", -2...2, { $0.squared() }),
      ("reciprocal", 0.75...3, { $0.reciprocal() }), ("absolute", -2...2, { $0.absolute() }),
      ("relu", -2...2, { $0.relu() }), ("sigmoid", -4...4, { $0.sigmoid() }),
      ("tanh", -3...3, { $0.hyperbolicTangent() }), ("softplus", -4...4, { $0.softplus() }),
      ("gelu", -4...4, { $0.gelu() }), ("silu", -4...4, { $0.silu() }),
      ("leaky relu", -2...2, { $0.leakyRelu(slope: 0.2) }),
      ("affine", -2...2, { $0.scaled(by: 1.5, plus: -0.25) }), ("negate", -2...2, { -$0 }),
      (
        "dropout", -2...2,
        { $0.dropout(DropoutKey(RandomKey(seed: 3, stream: 4, step: 5), rate: 0.3)) }
      ),
    ]
    let shapes: [Shape] = extents.map { [$0] } + [[], [3, 65], [2, 3, 257], [70_001]]
    return table.flatMap { name, range, function in
      shapes.map { shape in
        OperationCase(
          "\(name) of \(shape)", [Input(shape, in: range, avoidsZero: true)], flops: shape.count
        ) { function($0[0]) }
      }
    }
  }

  /// Functions of two elements, with broadcasting.
  static var arithmetic: [OperationCase] {
    let pairs: [(Shape, Shape)] =
      extents.flatMap { extent -> [(Shape, Shape)] in
        [
          ([extent], [extent]), ([3, extent], [extent]), ([extent], [3, extent]),
          ([extent, 3], [extent, 1]), ([extent, 1], [1, extent]),
        ]
      } + [
        ([], []), ([2, 3], []), ([], [17]), ([2, 1, 5], [3, 1]), ([5, 17, 3], [17, 3]),
        ([2, 3, 1, 5], [1, 3, 17, 1]), ([300, 257], [257]), ([300, 257], [300, 1]),
      ]
    return pairs.flatMap { left, right in
      let flops = left.broadcast(with: right)?.count ?? 0
      let terms = flops / max(1, min(left.count, right.count))
      func row(
        _ name: String, _ range: ClosedRange<Float> = -2...2,
        _ operation: @escaping @Sendable (Variable, Variable) -> Variable
      ) -> OperationCase {
        OperationCase(
          "\(left) \(name) \(right)", [Input(left, in: -2...2), Input(right, in: range)],
          terms: terms, flops: flops
        ) { operation($0[0], $0[1]) }
      }
      return [
        row("+") { $0 + $1 }, row("-") { $0 - $1 }, row("*") { $0 * $1 },
        row("/", 0.75...3) { $0 / $1 },
        // A variable that is used several times sums its gradients.
        row("used twice by") { $0 * $0 + $0 * $1 - $1 * $1 },
      ]
    }
  }

  /// Sums and means.
  static var reductions: [OperationCase] {
    let shapes: [Shape] =
      extents.map { [$0] } + extents.flatMap { a in extents.map { [a, $0] as Shape } }
      + [[2, 3, 5], [5, 64, 3], [3, 0, 2], [300, 257], [3, 20_000]]
    return shapes.flatMap { shape in
      let axes = (0..<shape.rank).flatMap { axis in
        [
          OperationCase(
            "sum of \(shape) along \(axis)", [Input(shape)], terms: shape[axis],
            flops: shape.count
          ) { $0[0].sum(axis: axis) },
          OperationCase(
            "mean of \(shape) along \(axis)", [Input(shape)], terms: shape[axis],
            flops: shape.count
          ) { $0[0].mean(axis: axis) },
        ]
      }
      // The mean over an empty axis is NaN, which equals nothing.
      let means = shape.count > 0 ? axes : axes.filter { $0.name.hasPrefix("sum") }
      return means + [
        OperationCase(
          "sum of \(shape)", [Input(shape)], terms: shape.count, flops: shape.count
        ) { $0[0].sum() }
      ]
    }
  }

  /// Moves of elements.
  static var shapes: [OperationCase] {
    let shapes: [Shape] = [
      [1], [5], [1, 1], [2, 3], [17, 64], [65, 130], [0, 3], [2, 3, 5], [5, 1, 3], [3, 17, 2],
      [2, 3, 2, 5],
    ]
    return shapes.flatMap { shape in
      let order = Array((0..<shape.rank).reversed())
      let axes = (0..<shape.rank).flatMap { axis in
        let middle = shape[axis] / 2
        return [
          OperationCase("end of \(shape) along \(axis)", [Input(shape)], flops: 0) {
            $0[0].sliced(middle..<shape[axis], axis: axis)
          },
          OperationCase("\(shape) twice along \(axis)", [Input(shape), Input(shape)], flops: 0) {
            let start = $0[0].sliced(0..<middle, axis: axis)
            return Variable.concatenate([start, $0[1], $0[0]], axis: axis)
          },
        ]
      }
      return axes + [
        OperationCase("reversed axes of \(shape)", [Input(shape)], flops: 0) {
          $0[0].permuted(order)
        },
        OperationCase("flat \(shape)", [Input(shape)], flops: 0) {
          $0[0].reshaped([shape.count])
        },
      ]
    }
  }
}
