import CajalAutodiff
import CajalTensor

extension OperationCase {
  /// Functions of one element.
  static var functions: [OperationCase] {
    let table: [(String, ClosedRange<Float>, @Sendable (Variable) -> Variable)] = [
      ("exp", -2...2, { $0.exp() }), ("log", 0.5...3, { $0.log() }),
      ("square root", 0.5...3, { $0.sqrt() }), ("square", -2...2, { $0.squared() }),
      ("rsqrt", 0.75...3, { $0.rsqrt() }), ("reciprocal", 0.75...3, { $0.reciprocal() }),
      ("absolute", -2...2, { $0.abs() }),
      ("relu", -2...2, { $0.relu() }), ("sigmoid", -4...4, { $0.sigmoid() }),
      ("tanh", -3...3, { $0.tanh() }), ("softplus", -4...4, { $0.softplus() }),
      ("gelu", -4...4, { $0.gelu() }), ("silu", -4...4, { $0.silu() }),
      ("leaky relu", -2...2, { $0.leakyRelu(slope: 0.2) }),
      ("affine", -2...2, { $0.scaled(by: 1.5, plus: -0.25) }), ("negate", -2...2, { -$0 }),
      ("numbers", 0.75...3, { 2 - (1.5 * ($0 + 0.5) - 3) * 2 + (1 + $0) / 2 + 2 / $0 }),
      // Their corner at 0 is the only one that inputs keep away from.
      ("larger than 0", -2...2, { $0.maximum(0) }), ("smaller than 0", -2...2, { $0.minimum(0) }),
      ("clamped above 0", -2...2, { $0.clamped(to: 0...8) }),
      ("clamped below 0", -2...2, { $0.clamped(to: -8...0) }),
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
        _ name: String, _ range: ClosedRange<Float> = -2...2, leftAvoidsZero: Bool = false,
        _ operation: @escaping @Sendable (Variable, Variable) -> Variable
      ) -> OperationCase {
        OperationCase(
          "\(left) \(name) \(right)",
          [Input(left, in: -2...2, avoidsZero: leftAvoidsZero), Input(right, in: range)],
          terms: terms, flops: flops
        ) { operation($0[0], $0[1]) }
      }
      return [
        row("+") { $0 + $1 }, row("-") { $0 - $1 }, row("*") { $0 * $1 },
        row("/", 0.75...3) { $0 / $1 },
        // Further apart than the steps of finite differences.
        row("maximum", -0.03...0.03, leftAvoidsZero: true) { $0.maximum($1) },
        row("minimum", -0.03...0.03, leftAvoidsZero: true) { $0.minimum($1) },
        // A variable that is used several times sums its gradients.
        row("used twice by") { $0 * $0 + $0 * $1 - $1 * $1 },
      ]
    }
  }
}
