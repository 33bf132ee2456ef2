import CajalAutodiff
import CajalOperationCases
import CajalTensor
import Testing

/// Shapes beyond those of the table, whose kernels are others: rows that do not fit into a warp,
/// sums in parts, and large tiles.
@Suite struct LargeShapeTests {
  private static let widths = [513, 1100, 2051]

  /// More indices than a block sorts, wide rows, and more tables than a launch takes.
  private static let gathers: [OperationCase] = [
    .gather(count: 9000, from: 300, width: 3), .gather(count: 200, from: 2, width: 261),
    .rowSum(batch: 3, positions: 7, tables: 17, width: 12),
  ]

  private static let rows: [OperationCase] = widths.flatMap { width -> [OperationCase] in
    let shape: Shape = [3, width]
    return [
      .softmax(shape), .logSoftmax(shape), .layerNorm(shape, epsilon: 0.25),
      .layerNormOfSum(shape, drops: true), .layerNormOfSum(shape, drops: false),
      .crossEntropy(shape, smoothing: 0.1), .gather(count: 5, from: 3, width: width),
    ]
  }

  private static let summedShapes: [(shape: Shape, axis: Int)] = [
    ([2, 2500], 1), ([40_001], 0), ([3000, 3], 0), ([5, 1001, 2], 1), ([150, 261], 0),
  ]

  private static let sums: [OperationCase] = summedShapes.map { shape, axis in
    OperationCase(
      "sum and mean of \(shape)", [.init(shape)], terms: shape[axis], flops: 2 * shape.count
    ) { $0[0].sum(axis: axis) + $0[0].mean(axis: axis) }
  }

  /// Sums in parts, by few rows and by slices, and at least 192 small and 128 large tiles.
  private static let products: [OperationCase] = [
    .dense(rows: 40, inner: 1030, columns: 50, relu: true),
    .dense(rows: 9, inner: 2100, columns: 33, relu: true),
    .batch([192], rows: 34, inner: 9, columns: 7), .batch([128], rows: 34, inner: 9, columns: 97),
  ]

  /// Positions and taps in parts, with few channels of a group and with tiles; at least 192 tiles
  /// of 32 and of 64 columns; and at least 128 large ones forward and backward.
  private static let convolutions: [OperationCase] = [
    .convolution([2, 24, 25, 6], kernel: (3, 3), results: 4, stride: 1, padding: 1, groups: 2),
    .convolution([2, 24, 25, 3], kernel: (3, 3), results: 5, stride: 2, padding: 1),
    .convolution([2, 24, 25, 3], kernel: (3, 3), results: 5, stride: 1, padding: 1),
    .convolution([1, 3, 5, 130], kernel: (3, 3), results: 5, stride: 1, padding: 1),
    .convolution([1, 3, 5, 5], kernel: (3, 3), results: 130, stride: 1, padding: 1),
    .convolution([6, 64, 65, 3], kernel: (1, 2), results: 5, stride: 1, padding: 0),
    .convolution([3, 64, 65, 3], kernel: (1, 2), results: 33, stride: 1, padding: 0),
    .convolution([3, 64, 65, 33], kernel: (1, 2), results: 3, stride: 1, padding: 0),
    grouped(channels: 32, results: 3072), grouped(channels: 3072, results: 32),
    .convolution(
      [1, 2, 2, 96 * 128], kernel: (2, 2), results: 32 * 128, stride: 1, padding: 1, groups: 128),
    .residualConvolution([1, 2, 2, 96 * 128], window: 1, groups: 128),
  ]

  private static func grouped(channels: Int, results: Int) -> OperationCase {
    .convolution(
      [2, 16, 17, channels], kernel: (1, 2), results: results, stride: 1, padding: 0, groups: 32)
  }

  @Test(arguments: rows + gathers + sums + products + convolutions)
  func agreesWithTheReference(row: OperationCase) throws { try expectAgreement(row) }
}
