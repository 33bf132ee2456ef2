/// A backend whose memory is the host's: the primitives of ``Backend`` over addresses, done when a
/// call returns. What they compute is documented there.
package protocol HostBackend: Backend, HostMemory {
  /// Memory for `byteCount` bytes, 64-byte aligned, contents undefined.
  func allocateMemory(byteCount: Int) throws(AllocationError) -> UnsafeMutableRawPointer

  // MARK: Element by element

  /// `result[i] = operation(x[i])`.
  func unary(
    _ operation: UnaryOperation, _ x: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
    count: Int)
  /// `result = operation(left, right)` over a broadcast shape.
  func binary(
    _ operation: BinaryOperation, _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, _ geometry: BroadcastGeometry)
  /// `result[i] = scale * x[i] + offset`.
  func affine(
    _ x: UnsafePointer<Float>, scale: Float, offset: Float, _ result: UnsafeMutablePointer<Float>,
    count: Int)
  /// `result[i] += scale * x[i]`.
  func addScaled(
    _ x: UnsafePointer<Float>, scale: Float, to result: UnsafeMutablePointer<Float>, count: Int)

  // MARK: Shape

  /// Reduces the middle axis of `[outer, length, inner]`.
  func reduce(
    _ operation: ReduceOperation, _ x: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
    outer: Int, length: Int, inner: Int)
  /// Writes the elements that `strides` picks to a contiguous `shape`.
  func stridedCopy(
    _ x: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>, shape: [Int], strides: [Int])

  // MARK: Matrix product

  /// The (batched) product of two matrices.
  func matrixProduct(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    _ result: UnsafeMutablePointer<Float>, _ geometry: MatrixProductGeometry)

  // MARK: Pictures

  /// The convolution of pictures.
  func convolution(
    _ x: UnsafePointer<Float>, kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    _ result: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry)
  /// The gradient with respect to the pictures.
  func convolutionInputGradient(
    resultGradient: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    _ xGradient: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry)
  /// Adds the gradient with respect to the kernel.
  func convolutionKernelGradient(
    _ x: UnsafePointer<Float>, resultGradient: UnsafePointer<Float>,
    _ kernelGradient: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry)
  /// Group normalization.
  func groupNorm(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, statistics: UnsafeMutablePointer<Float>,
    _ geometry: GroupNormGeometry, epsilon: Float)
  /// The gradients of group normalization.
  func groupNormGradient(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, statistics: UnsafePointer<Float>,
    resultGradient: UnsafePointer<Float>, _ xGradient: UnsafeMutablePointer<Float>,
    scaleGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>,
    _ geometry: GroupNormGeometry)
  /// `scale` times the sum of each block.
  func sumBlocks(
    _ x: UnsafePointer<Float>, scale: Float, _ result: UnsafeMutablePointer<Float>,
    _ geometry: BlockGeometry)
  /// `scale` times each position, for its whole block.
  func repeatBlocks(
    _ x: UnsafePointer<Float>, scale: Float, _ result: UnsafeMutablePointer<Float>,
    _ geometry: BlockGeometry)

  // MARK: Rows

  /// `result[i, :] = scale * table[indices[i], :]`.
  func gatherRows(
    _ table: UnsafePointer<Float>, _ indices: UnsafePointer<Int32>, scale: Float,
    _ result: UnsafeMutablePointer<Float>, count: Int, width: Int)
  /// `table[indices[i], :] += scale * rows[i, :]`.
  func scatterAddRows(
    _ rows: UnsafePointer<Float>, _ indices: UnsafePointer<Int32>, scale: Float,
    to table: UnsafeMutablePointer<Float>, count: Int, width: Int)
  /// Softmax of each row, or its logarithm.
  func softmax(
    _ x: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>, rows: Int, width: Int,
    logarithm: Bool)
  /// The gradient of softmax.
  func softmaxGradient(
    y: UnsafePointer<Float>, resultGradient: UnsafePointer<Float>,
    _ xGradient: UnsafeMutablePointer<Float>, rows: Int, width: Int, logarithm: Bool)
  /// Layer normalization of each row.
  func layerNorm(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, statistics: UnsafeMutablePointer<Float>?, rows: Int,
    width: Int, epsilon: Float)
  /// The gradients of layer normalization.
  func layerNormGradient(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, statistics: UnsafePointer<Float>,
    resultGradient: UnsafePointer<Float>, _ xGradient: UnsafeMutablePointer<Float>,
    scaleGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>,
    rows: Int, width: Int)
  /// The cross-entropy of each row.
  func crossEntropy(
    logits: UnsafePointer<Float>, labels: UnsafePointer<Int32>, smoothing: Float,
    _ losses: UnsafeMutablePointer<Float>, rows: Int, width: Int)
  /// `scale` times the gradient of the sum of the losses.
  func crossEntropyGradient(
    logits: UnsafePointer<Float>, labels: UnsafePointer<Int32>, smoothing: Float, scale: Float,
    _ logitsGradient: UnsafeMutablePointer<Float>, rows: Int, width: Int)

  /// The likelihood of a mixture of discretized logistics, and its gradient.
  func logisticMixture(
    parameters: UnsafePointer<Float>, values: UnsafePointer<Int32>,
    locations: UnsafePointer<Float>, _ losses: UnsafeMutablePointer<Float>,
    gradient: UnsafeMutablePointer<Float>?, rows: Int, _ geometry: LogisticMixtureGeometry)

  /// What is known of pixels before they are decoded.
  func causalContext(
    targets: UnsafePointer<Float>, means: UnsafePointer<Float>, inputs: UnsafePointer<Float>?,
    pixels: UnsafePointer<Int32>, _ result: UnsafeMutablePointer<Float>, count: Int,
    _ geometry: CausalContextGeometry)

  // MARK: Attention

  /// Multi-head attention.
  func attention(
    queries: UnsafePointer<Float>, keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry, dropout: DropoutKey?)
  /// The gradients of attention.
  func attentionGradient(
    queries: UnsafePointer<Float>, keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
    result: UnsafePointer<Float>, logSumExp: UnsafePointer<Float>,
    resultGradient: UnsafePointer<Float>, queriesGradient: UnsafeMutablePointer<Float>,
    keysGradient: UnsafeMutablePointer<Float>, valuesGradient: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry, dropout: DropoutKey?)
  /// Writes keys and values to the caches.
  func cacheAttention(
    keys: UnsafePointer<Float>, values: UnsafePointer<Float>, at positions: Range<Int>,
    keyCache: UnsafeMutablePointer<Float>, valueCache: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry)
  /// One row of attention against the caches.
  func attentionRow(
    _ row: Int, queries: UnsafePointer<Float>, keyCache: UnsafePointer<Float>,
    valueCache: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry)

  // MARK: Random numbers

  /// Uniform numbers in [low, high).
  func randomUniform(
    _ key: RandomKey, low: Float, high: Float, _ result: UnsafeMutablePointer<Float>, count: Int)
  /// Normal numbers.
  func randomNormal(
    _ key: RandomKey, mean: Float, standardDeviation: Float, _ result: UnsafeMutablePointer<Float>,
    count: Int)
  /// Inverted dropout.
  func dropout(
    _ x: UnsafePointer<Float>, _ key: DropoutKey, _ result: UnsafeMutablePointer<Float>, count: Int)

  // MARK: Optimisation

  /// The sum of the squares, in Double.
  func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double
  /// One step of Adam or AdamW.
  func adam(
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    firstMoments: UnsafeMutablePointer<Float>, secondMoments: UnsafeMutablePointer<Float>,
    _ step: AdamStep, count: Int)
  /// One step of momentum.
  func momentum(
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    momenta: UnsafeMutablePointer<Float>, learningRate: Float, momentum: Float,
    gradientScale: Float, nesterov: Bool, count: Int)
  /// `average += (1 - decay) * (x - average)`.
  func movingAverage(
    _ x: UnsafePointer<Float>, average: UnsafeMutablePointer<Float>, decay: Float, count: Int)
}
