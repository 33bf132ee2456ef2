import CCajalCUDA
import CajalAutodiff
import CajalCUDA
import CajalOperationCases

@testable import CajalTensor

/// What kernels with barriers compute, on any device.
struct BarrierCase: Sendable {
  let name: String
  /// The number of terms in the longest sum.
  let terms: Int
  /// What it is computed in.
  var precision = Precision.float32
  /// Whether it is one of the many rows of the table.
  let isRow: Bool
  let run: @Sendable (Device) -> [Float]

  init(
    _ name: String, terms: Int = 1, isRow: Bool = false,
    _ run: @escaping @Sendable (Device) -> [Float]
  ) {
    self.name = name
    self.terms = terms
    self.isRow = isRow
    self.run = run
  }

  /// An operation, forward and backward.
  init(_ row: OperationCase, isRow: Bool) {
    self.init(row.name, terms: row.terms, isRow: isRow) { device in
      let (result, gradients) = row.resultAndGradients(of: row.inputs(on: device))
      return result.scalars + gradients.flatMap(\.scalars)
    }
  }

  /// The rows of the table whose kernels have barriers, larger shapes, which take other kernels,
  /// and what has no row.
  static var all: [BarrierCase] {
    let groups: Set = [
      "reductions", "shapes", "matrix products", "pictures", "rows", "pixels", "attention",
    ]
    let table = OperationCase.groups.filter { groups.contains($0.name) }.flatMap(\.cases)
    // Kernels in bfloat16 differ by the type of numbers alone. Wide heads have a stage less.
    let dropout = DropoutKey(RandomKey(seed: 5, stream: 6, step: 7), rate: 0.5)
    let attention = [
      OperationCase.attention(
        "causal 130", OperationCase.causal(130), keyWidth: 16, valueWidth: 16, dropout: dropout),
      .attention("causal 130", OperationCase.causal(130), keyWidth: 40, valueWidth: 33),
    ].map { row in
      var test = BarrierCase(row, isRow: false)
      test.precision = .tf32
      return test
    }
    return [indices, row(parts: 1), row(parts: 3)] + attention
      + larger.map { BarrierCase($0, isRow: false) } + table.map { BarrierCase($0, isRow: true) }
  }

  private static let larger: [OperationCase] = [
    .softmax([3, 1100]), .logSoftmax([3, 1100]), .layerNorm([3, 1100], epsilon: 0.25),
    .crossEntropy([3, 1100], smoothing: 0.1), .gather(count: 1300, from: 3, width: 5),
    .dense(rows: 9, inner: 1030, columns: 33, relu: false),
    .dense(rows: 9, inner: 33, columns: 1030, relu: false),
  ]

  /// A wrong index that a later warp finds. Reported to memory of its own, since a report stops the
  /// program.
  private static let indices = BarrierCase("a wrong index") { device in
    guard let backend = device.backend as? CUDABackend else { return [1, 7] }
    var numbers = [Int32](repeating: 3, count: 1300)
    numbers[900] = 7
    let report = Tensor<Int32>([0, 0], on: device)
    // What is before the first index is read where a barrier is missing.
    let buffer = Tensor(numbers, on: device).buffer.advanced(by: 100)
    backend.launch(
      "cajal_require_indices", grid: Grid(1), block: 1024, buffer, 1200, 0, 5, report.buffer)
    return report.scalars.map(Float.init)
  }

  /// A row of attention with so many tiles of keys.
  private static func row(parts: Int) -> BarrierCase {
    BarrierCase("a row of attention, \(parts) tiles", terms: 64 * parts) { device in
      let width = 33, keyCount = 64 * parts - 5
      let plan = AttentionPlan(keyCount: keyCount, visibleKeys: [[0..<keyCount]])
      let geometry = AttentionGeometry(
        plan: plan, batch: 2, heads: 1, keyWidth: width, valueWidth: width)
      func numbers(_ count: Int, _ stream: UInt32) -> Tensor<Float> {
        let key = RandomKey(seed: 3, stream: stream)
        return Tensor<Float>(randomUniform: [count], low: -1, high: 1, key: key, on: .reference)
          .copied(to: device)
      }
      let counts = device.backend.attentionCacheCounts(geometry)
      let (keyCache, valueCache) = (numbers(counts.keys, 1), numbers(counts.values, 2))
      let result = numbers(2 * width, 3)
      device.backend.attentionRow(
        0, queries: numbers(2 * width, 4).buffer, keyCache: keyCache.buffer,
        valueCache: valueCache.buffer, result.buffer, geometry)
      return result.scalars
    }
  }
}
