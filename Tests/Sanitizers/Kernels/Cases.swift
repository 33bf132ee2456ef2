import CajalCUDA
import CajalOperationCases

@testable import CajalTensor

/// Executes the rows of the table, and larger shapes, which take other kernels, forward and
/// backward, by default of all groups. Not those of the functions that the host computes.
func executeRows(on device: Device, ofGroups names: Set<String>? = nil) {
  let larger: [OperationCase] = [
    .softmax([3, 515]), .logSoftmax([3, 515]), .layerNorm([3, 515], epsilon: 0.25),
    .layerNormOfSum([3, 515], drops: true), .layerNormOfSum([3, 2051], drops: true),
    .crossEntropy([3, 515], smoothing: 0.1), .gather(count: 1300, from: 3, width: 259),
    .dense(rows: 9, inner: 2100, columns: 33, relu: true),
    .dense(rows: 40, inner: 1030, columns: 50, relu: true),
    .batch([128], rows: 34, inner: 9, columns: 7),
  ]
  let groups = OperationCase.groups.filter {
    $0.name != OperationCase.hostGroup && names?.contains($0.name) != false
  }
  for row in groups.flatMap(\.cases) + larger {
    let (result, gradients) = row.resultAndGradients(of: row.inputs(on: device))
    _ = (result.scalars, gradients.map(\.scalars))
  }
}

/// Executes the primitives that no row leads to, on buffers that begin at any element.
func executeStatements(on backend: CUDABackend) {
  for (count, offset) in [(1, 0), (17, 1), (1003, 3)] {
    func numbers(_ stream: UInt32, count: Int = count) -> Buffer {
      let key = RandomKey(seed: 3, stream: stream)
      return Tensor<Float>(
        randomUniform: [count + offset], low: 0.1, high: 2, key: key, on: Device(backend)
      ).buffer.advanced(by: offset)
    }
    backend.adam(
      parameters: numbers(0), gradients: numbers(1), firstMoments: numbers(2),
      secondMoments: numbers(3),
      AdamStep(
        stepSize: 0.01, beta1: 0.9, beta2: 0.98, epsilon: 1e-3, gradientScale: 0.5, decay: 0.01),
      count: count)
    backend.momentum(
      parameters: numbers(0), gradients: numbers(1), momenta: numbers(2), learningRate: 0.1,
      momentum: 0.9, gradientScale: 0.5, nesterov: true, count: count)
    backend.movingAverage(numbers(0), average: numbers(1), decay: 0.9, count: count)
    backend.addScaled(numbers(0), scale: 2, to: numbers(1), count: count)
    let x = Tensor<Float>(
      randomNormal: [count], mean: 0, standardDeviation: 1, key: RandomKey(seed: 1, stream: 2),
      on: Device(backend))
    _ = x.sumOfSquares
    _ = x.dropped(DropoutKey(RandomKey(seed: 1, stream: 3), rate: 0.3)).scalars

    let width = count % 64
    let plan = AttentionPlan(
      keyCount: 131, visibleKeys: (0..<70).map { [$0 / 3..<$0 / 2 + 1, 100..<131] })
    let geometry = AttentionGeometry(
      plan: plan, batch: 2, heads: 2, keyWidth: width, valueWidth: width + 1)
    let counts = backend.attentionCacheCounts(geometry)
    let (keyCache, valueCache) = (numbers(4, count: counts.keys), numbers(5, count: counts.values))
    backend.cacheAttention(
      keys: numbers(6, count: 4 * width), values: numbers(7, count: 4 * (width + 1)),
      at: 129..<130, keyCache: keyCache, valueCache: valueCache, geometry)
    for row in [0, 69] {
      let queries = numbers(8, count: 4 * width)
      backend.attentionRow(
        row, queries: queries, keyCache: keyCache, valueCache: valueCache,
        numbers(9, count: 4 * (width + 1)), geometry)
    }
  }
  _ = Tensor<Float>(repeating: 0, shape: [1], on: Device(backend)).scalars
}
