/// The primitives that a device must be able to execute: a closed list, over raw buffers.
///
/// Three rules hold for every method.
///
/// - Buffers are contiguous, row-major and live in the backend's own memory (see ``allocate(byteCount:)``);
///   a pointer handed to a backend need not be readable by the host.
/// - A result buffer may be the same as an input buffer only where a method says so.
/// - Sums are taken in an order that depends on the shapes alone, never on the number of threads, so
///   that equal inputs give equal bits.
///
/// ``ReferenceBackend`` implements the list with plain loops and sums in Double and is the oracle that
/// the others are tested against; ``CPUBackend`` implements it with BLAS and SIMD kernels.
public protocol Backend: AnyObject, Sendable {
  /// A short name for messages, such as `cpu (avx2)`.
  var name: String { get }

  // MARK: Memory

  /// Memory for `byteCount` bytes, 64-byte aligned, contents undefined. Traps when there is none left.
  func allocate(byteCount: Int) -> UnsafeMutableRawPointer
  /// Gives back memory from ``allocate(byteCount:)``, which must be told the same size.
  func deallocate(_ memory: UnsafeMutableRawPointer, byteCount: Int)
  /// Copies host memory into the backend's.
  func upload(_ host: UnsafeRawPointer, to memory: UnsafeMutableRawPointer, byteCount: Int)
  /// Copies the backend's memory to the host's.
  func download(_ memory: UnsafeRawPointer, to host: UnsafeMutableRawPointer, byteCount: Int)
  /// Copies within the backend's memory; the ranges do not overlap.
  func copy(_ source: UnsafeRawPointer, to result: UnsafeMutableRawPointer, byteCount: Int)
  /// Sets every element to `value`.
  func fill(_ result: UnsafeMutablePointer<Float>, with value: Float, count: Int)

  // MARK: Element by element

  /// `result[i] = operation(x[i])`; `result` may be `x`.
  func unary(
    _ operation: UnaryOperation, _ x: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, count: Int)
  /// `result = operation(left, right)` over a broadcast shape; `result` may be an operand that has
  /// the result's shape.
  func binary(
    _ operation: BinaryOperation, _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, _ geometry: BroadcastGeometry)
  /// `result[i] = scale * x[i] + offset`; `result` may be `x`.
  func affine(
    _ x: UnsafePointer<Float>, scale: Float, offset: Float,
    _ result: UnsafeMutablePointer<Float>, count: Int)
  /// `result[i] += scale * x[i]`.
  func addScaled(
    _ x: UnsafePointer<Float>, scale: Float, to result: UnsafeMutablePointer<Float>, count: Int)

  // MARK: Shape

  /// Reduces the middle axis of `x`, seen as `[outer, length, inner]`, to `[outer, inner]`.
  /// The sum and mean of nothing are 0 and NaN, the maximum is -infinity.
  func reduce(
    _ operation: ReduceOperation, _ x: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
    outer: Int, length: Int, inner: Int)
  /// Writes the elements that `strides` (in elements) picks from `x` to a contiguous `shape`.
  func stridedCopy(
    _ x: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>, shape: [Int], strides: [Int])

  // MARK: Matrix product

  /// The (batched) product of two matrices, with bias and activation applied to what is stored.
  func matrixProduct(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    _ result: UnsafeMutablePointer<Float>, _ geometry: MatrixProductGeometry)

  // MARK: Pictures

  /// The convolution of pictures with a kernel, plus one bias per channel; see ``ConvolutionGeometry``.
  func convolution(
    _ x: UnsafePointer<Float>, kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    _ result: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry)
  /// The gradient with respect to the pictures, overwritten.
  func convolutionInputGradient(
    resultGradient: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    _ xGradient: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry)
  /// The gradient with respect to the kernel, which is added to.
  func convolutionKernelGradient(
    _ x: UnsafePointer<Float>, resultGradient: UnsafePointer<Float>,
    _ kernelGradient: UnsafeMutablePointer<Float>, _ geometry: ConvolutionGeometry)
  /// Group normalization (Wu and He 2018): each group of channels of each picture has its own mean and biased
  /// variance, `(x - mean) / sqrt(variance + epsilon) * scale + bias`. Stores `mean` and
  /// `1 / sqrt(variance + epsilon)` in `statistics` `[images, groups, 2]`.
  func groupNorm(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, statistics: UnsafeMutablePointer<Float>,
    _ geometry: GroupNormGeometry, epsilon: Float)
  /// The gradients of ``groupNorm(_:scale:bias:_:statistics:_:epsilon:)``. `xGradient` is overwritten;
  /// `scaleGradient` and `biasGradient` are added to.
  func groupNormGradient(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, statistics: UnsafePointer<Float>,
    resultGradient: UnsafePointer<Float>, _ xGradient: UnsafeMutablePointer<Float>,
    scaleGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>,
    _ geometry: GroupNormGeometry)
  /// `scale` times the sum of each block of positions: a picture with one position a block.
  func sumBlocks(
    _ x: UnsafePointer<Float>, scale: Float, _ result: UnsafeMutablePointer<Float>,
    _ geometry: BlockGeometry)
  /// `scale` times each position at every position of its block.
  func repeatBlocks(
    _ x: UnsafePointer<Float>, scale: Float, _ result: UnsafeMutablePointer<Float>,
    _ geometry: BlockGeometry)

  // MARK: Rows

  /// `result[i, :] = scale * table[indices[i], :]`, rows of `width` elements; zeros for a negative index.
  func gatherRows(
    _ table: UnsafePointer<Float>, _ indices: UnsafePointer<Int32>, scale: Float,
    _ result: UnsafeMutablePointer<Float>, count: Int, width: Int)
  /// `table[indices[i], :] += scale * rows[i, :]`, in ascending order of i; nothing for a negative index.
  func scatterAddRows(
    _ rows: UnsafePointer<Float>, _ indices: UnsafePointer<Int32>, scale: Float,
    to table: UnsafeMutablePointer<Float>, count: Int, width: Int)
  /// Softmax of each row (its logarithm when `logarithm`); `result` may be `x`.
  func softmax(
    _ x: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>, rows: Int, width: Int,
    logarithm: Bool)
  /// The gradient of ``softmax(_:_:rows:width:logarithm:)`` from its result `y`.
  func softmaxGradient(
    y: UnsafePointer<Float>, resultGradient: UnsafePointer<Float>,
    _ xGradient: UnsafeMutablePointer<Float>, rows: Int, width: Int, logarithm: Bool)
  /// Layer normalisation of each row: `(x - mean) / sqrt(variance + epsilon) * scale + bias` with the
  /// biased variance. Stores `mean` and `1 / sqrt(variance + epsilon)` of each row in `statistics`
  /// `[rows, 2]`.
  func layerNorm(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, statistics: UnsafeMutablePointer<Float>,
    rows: Int, width: Int, epsilon: Float)
  /// The gradients of ``layerNorm(_:scale:bias:_:statistics:rows:width:epsilon:)``. `xGradient` is
  /// overwritten; `scaleGradient` and `biasGradient` are added to.
  func layerNormGradient(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, statistics: UnsafePointer<Float>,
    resultGradient: UnsafePointer<Float>, _ xGradient: UnsafeMutablePointer<Float>,
    scaleGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>,
    rows: Int, width: Int)
  /// Per row: the cross-entropy in nats of `softmax(logits)` against the distribution that puts
  /// `1 - smoothing` on the label and `smoothing / (width - 1)` on every other class, minus the entropy
  /// of that distribution (`-( (1-e) ln(1-e) + (w-1) (e/(w-1)) ln(e/(w-1) + 1e-20) )`), so that the best
  /// possible value is 0.
  func crossEntropy(
    logits: UnsafePointer<Float>, labels: UnsafePointer<Int32>, smoothing: Float,
    _ losses: UnsafeMutablePointer<Float>, rows: Int, width: Int)
  /// `scale` times the gradient of the sum of the losses with respect to the logits;
  /// `logitsGradient` may be `logits`.
  func crossEntropyGradient(
    logits: UnsafePointer<Float>, labels: UnsafePointer<Int32>, smoothing: Float, scale: Float,
    _ logitsGradient: UnsafeMutablePointer<Float>, rows: Int, width: Int)

  // MARK: Attention

  /// Multi-head attention over the pairs of a plan; see ``AttentionGeometry`` for the layouts.
  /// Stores each query's log-sum-exp (natural, of the scaled logits) in `logSumExp`
  /// `[batch, heads, queries]`; a query that sees nothing gets a zero row and -infinity.
  func attention(
    queries: UnsafePointer<Float>, keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry, dropout: DropoutKey?)
  /// The gradients of ``attention(queries:keys:values:_:logSumExp:_:dropout:)``, overwritten.
  func attentionGradient(
    queries: UnsafePointer<Float>, keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
    result: UnsafePointer<Float>, logSumExp: UnsafePointer<Float>,
    resultGradient: UnsafePointer<Float>, queriesGradient: UnsafeMutablePointer<Float>,
    keysGradient: UnsafeMutablePointer<Float>, valuesGradient: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry, dropout: DropoutKey?)
  /// Writes keys `[batch, positions.count, heads * keyWidth]` and values likewise to these positions of the
  /// caches that ``attentionRow(_:queries:keyCache:valueCache:_:_:)`` reads; see
  /// ``AttentionGeometry/keyCacheCount``.
  func cacheAttention(
    keys: UnsafePointer<Float>, values: UnsafePointer<Float>, at positions: Range<Int>,
    keyCache: UnsafeMutablePointer<Float>, valueCache: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry)
  /// One row of attention, for decoding: query number `row` of the plan, whose vector is given for
  /// each image (`queries` is `[batch, heads * keyWidth]`), against caches of keys and values. What no query
  /// sees is read, but does not count, as long as it is finite. `result` is `[batch, heads * valueWidth]`.
  func attentionRow(
    _ row: Int, queries: UnsafePointer<Float>, keyCache: UnsafePointer<Float>,
    valueCache: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry)

  // MARK: Random numbers

  /// Uniform numbers in [low, high) from elements `0 ..< count` of a random stream.
  func randomUniform(
    _ key: RandomKey, low: Float, high: Float, _ result: UnsafeMutablePointer<Float>, count: Int)
  /// Normal numbers from elements `0 ..< count` of a random stream (Box-Muller over pairs).
  func randomNormal(
    _ key: RandomKey, mean: Float, deviation: Float, _ result: UnsafeMutablePointer<Float>,
    count: Int)
  /// Inverted dropout: `result[i] = keep(i) ? x[i] / (1 - rate) : 0`; `result` may be `x`. Its gradient
  /// is itself, applied to the gradient.
  func dropout(
    _ x: UnsafePointer<Float>, _ key: DropoutKey, _ result: UnsafeMutablePointer<Float>, count: Int)

  // MARK: Optimisation

  /// The sum of the squares, in Double.
  func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double
  /// One step of Adam or AdamW over a whole parameter buffer; see ``AdamStep``.
  func adam(
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    firstMoments: UnsafeMutablePointer<Float>, secondMoments: UnsafeMutablePointer<Float>,
    _ step: AdamStep, count: Int)
  /// `momenta = momentum * momenta + gradientScale * gradients; parameters -= learningRate * update`,
  /// where the update is the momenta or, with `nesterov`, `gradientScale * gradients + momentum * momenta`.
  func momentum(
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    momenta: UnsafeMutablePointer<Float>, learningRate: Float, momentum: Float,
    gradientScale: Float, nesterov: Bool, count: Int)
  /// `average += (1 - decay) * (x - average)`.
  func movingAverage(
    _ x: UnsafePointer<Float>, average: UnsafeMutablePointer<Float>, decay: Float, count: Int)
}
