import CajalSupport
package import CajalTensor

/// The primitives that have no kernels yet.
///
/// There is no silent fallback to the CPU: a call of one of these stops the program with its name.
/// Who writes one removes its line and its method from this file.
package enum MissingPrimitives {
  /// The name of each, with the file that it goes to: `Rows` is `CUDABackend+Rows.swift`.
  package static let files = [
    "reduce": "Shape",
    "stridedCopy": "Shape",
    "matrixProduct": "Products",
    "convolution": "Convolution",
    "convolutionInputGradient": "Convolution",
    "convolutionKernelGradient": "Convolution",
    "groupNorm": "Normalization",
    "groupNormGradient": "Normalization",
    "layerNorm": "Normalization",
    "layerNormGradient": "Normalization",
    "sumBlocks": "Pictures",
    "repeatBlocks": "Pictures",
    "requireIndices": "Rows",
    "gatherRows": "Rows",
    "scatterAddRows": "Rows",
    "softmax": "Rows",
    "softmaxGradient": "Rows",
    "crossEntropy": "Rows",
    "crossEntropyGradient": "Rows",
    "logisticMixture": "Pixels",
    "causalContext": "Pixels",
    "attention": "Attention",
    "attentionGradient": "Attention",
    "attentionCacheCounts": "Attention",
    "cacheAttention": "Attention",
    "attentionRow": "Attention",
    "randomUniform": "Random",
    "randomNormal": "Random",
    "dropout": "Random",
    "sumOfSquares": "Optimization",
    "adam": "Optimization",
    "momentum": "Optimization",
    "movingAverage": "Optimization",
  ]
}

extension CUDABackend {
  private func stop(_ function: String = #function) -> Never {
    let primitive = String(function.prefix { $0 != "(" })
    let file = MissingPrimitives.files[primitive] ?? "Missing"
    requirementFailure(
      "\(name) has no kernels for \(primitive) yet: they go to CUDABackend+\(file).swift")
  }

  /// Missing.
  package func reduce(
    _ operation: ReduceOperation, _ x: Buffer, _ result: Buffer, outer: Int, length: Int, inner: Int
  ) {
    stop()
  }

  /// Missing.
  package func stridedCopy(_ x: Buffer, _ result: Buffer, shape: [Int], strides: [Int]) {
    stop()
  }

  /// Missing.
  package func matrixProduct(
    _ left: Buffer, _ right: Buffer, bias: Buffer?, _ result: Buffer,
    _ geometry: MatrixProductGeometry
  ) {
    stop()
  }

  /// Missing.
  package func convolution(
    _ x: Buffer, kernel: Buffer, bias: Buffer?, _ result: Buffer, _ geometry: ConvolutionGeometry
  ) {
    stop()
  }

  /// Missing.
  package func convolutionInputGradient(
    resultGradient: Buffer, kernel: Buffer, _ xGradient: Buffer, _ geometry: ConvolutionGeometry
  ) {
    stop()
  }

  /// Missing.
  package func convolutionKernelGradient(
    _ x: Buffer, resultGradient: Buffer, _ kernelGradient: Buffer, _ geometry: ConvolutionGeometry
  ) {
    stop()
  }

  /// Missing.
  package func groupNorm(
    _ x: Buffer, scale: Buffer, bias: Buffer, _ result: Buffer, statistics: Buffer,
    _ geometry: GroupNormGeometry, epsilon: Float
  ) {
    stop()
  }

  /// Missing.
  package func groupNormGradient(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    scaleGradient: Buffer, biasGradient: Buffer, _ geometry: GroupNormGeometry
  ) {
    stop()
  }

  /// Missing.
  package func sumBlocks(_ x: Buffer, scale: Float, _ result: Buffer, _ geometry: BlockGeometry) {
    stop()
  }

  /// Missing.
  package func repeatBlocks(_ x: Buffer, scale: Float, _ result: Buffer, _ geometry: BlockGeometry)
  {
    stop()
  }

  /// Missing.
  package func requireIndices(
    _ indices: Buffer, count: Int, in range: Range<Int>, name: StaticString
  ) {
    stop()
  }

  /// Missing.
  package func gatherRows(
    _ table: Buffer, _ indices: Buffer, scale: Float, _ result: Buffer, count: Int, width: Int
  ) {
    stop()
  }

  /// Missing.
  package func scatterAddRows(
    _ rows: Buffer, _ indices: Buffer, scale: Float, to table: Buffer, count: Int, width: Int
  ) {
    stop()
  }

  /// Missing.
  package func softmax(_ x: Buffer, _ result: Buffer, rows: Int, width: Int, logarithm: Bool) {
    stop()
  }

  /// Missing.
  package func softmaxGradient(
    y: Buffer, resultGradient: Buffer, _ xGradient: Buffer, rows: Int, width: Int, logarithm: Bool
  ) {
    stop()
  }

  /// Missing.
  package func layerNorm(
    _ x: Buffer, scale: Buffer, bias: Buffer, _ result: Buffer, statistics: Buffer?, rows: Int,
    width: Int, epsilon: Float
  ) {
    stop()
  }

  /// Missing.
  package func layerNormGradient(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    scaleGradient: Buffer, biasGradient: Buffer, rows: Int, width: Int
  ) {
    stop()
  }

  /// Missing.
  package func crossEntropy(
    logits: Buffer, labels: Buffer, smoothing: Float, _ losses: Buffer, rows: Int, width: Int
  ) {
    stop()
  }

  /// Missing.
  package func crossEntropyGradient(
    logits: Buffer, labels: Buffer, smoothing: Float, scale: Buffer, divisor: Float,
    _ logitsGradient: Buffer, rows: Int, width: Int
  ) {
    stop()
  }

  /// Missing.
  package func logisticMixture(
    parameters: Buffer, values: Buffer, locations: Buffer, _ losses: Buffer, gradient: Buffer?,
    rows: Int, _ geometry: LogisticMixtureGeometry
  ) {
    stop()
  }

  /// Missing.
  package func causalContext(
    targets: Buffer, means: Buffer, inputs: Buffer?, pixels: Buffer, _ result: Buffer, count: Int,
    _ geometry: CausalContextGeometry
  ) {
    stop()
  }

  /// Missing.
  package func attention(
    queries: Buffer, keys: Buffer, values: Buffer, _ result: Buffer, logSumExp: Buffer,
    _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) {
    stop()
  }

  /// Missing.
  package func attentionGradient(
    queries: Buffer, keys: Buffer, values: Buffer, result: Buffer, logSumExp: Buffer,
    resultGradient: Buffer, queriesGradient: Buffer, keysGradient: Buffer, valuesGradient: Buffer,
    _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) {
    stop()
  }

  /// Missing.
  package func attentionCacheCounts(_ geometry: AttentionGeometry) -> (keys: Int, values: Int) {
    stop()
  }

  /// Missing.
  package func cacheAttention(
    keys: Buffer, values: Buffer, at positions: Range<Int>, keyCache: Buffer, valueCache: Buffer,
    _ geometry: AttentionGeometry
  ) {
    stop()
  }

  /// Missing.
  package func attentionRow(
    _ row: Int, queries: Buffer, keyCache: Buffer, valueCache: Buffer, _ result: Buffer,
    _ geometry: AttentionGeometry
  ) {
    stop()
  }

  /// Missing.
  package func randomUniform(
    _ key: RandomKey, low: Float, high: Float, _ result: Buffer, count: Int
  ) {
    stop()
  }

  /// Missing.
  package func randomNormal(
    _ key: RandomKey, mean: Float, standardDeviation: Float, _ result: Buffer, count: Int
  ) {
    stop()
  }

  /// Missing.
  package func dropout(_ x: Buffer, _ key: DropoutKey, _ result: Buffer, count: Int) {
    stop()
  }

  /// Missing.
  package func sumOfSquares(_ x: Buffer, _ result: Buffer, count: Int) {
    stop()
  }

  /// Missing.
  package func adam(
    parameters: Buffer, gradients: Buffer, firstMoments: Buffer, secondMoments: Buffer,
    _ step: AdamStep, count: Int
  ) {
    stop()
  }

  /// Missing.
  package func momentum(
    parameters: Buffer, gradients: Buffer, momenta: Buffer, learningRate: Float, momentum: Float,
    gradientScale: Float, nesterov: Bool, count: Int
  ) {
    stop()
  }

  /// Missing.
  package func movingAverage(_ x: Buffer, average: Buffer, decay: Float, count: Int) {
    stop()
  }
}
