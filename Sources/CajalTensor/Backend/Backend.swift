/// The primitives that a device must be able to execute: a closed list, over buffers.
///
/// Five rules hold for every method.
///
/// - A ``Buffer`` is contiguous, row-major and in the backend's own memory, which the host reads
///   and writes by ``download(_:to:)`` and ``upload(_:to:)`` alone.
/// - Work is done in order: a call reads what earlier calls wrote. It may return before its work is
///   done, so that none returns a number to the host; ``download(_:to:)`` and ``synchronize()``
///   wait.
/// - A buffer's memory is valid until the work on it is done, even if its last tensor goes earlier.
/// - A result buffer may be the same as an input buffer only where a method says so.
/// - Sums are taken in an order that depends on the shapes alone, never on the number of threads,
///   so that equal inputs give equal bits.
///
/// The checked functions in `Primitives/` are the only callers. ``ReferenceBackend`` implements the
/// list with plain loops and sums in Double and is the oracle that the others are tested against;
/// ``CPUBackend`` implements it with SIMD kernels.
package protocol Backend: AnyObject, Sendable {
  /// A short name for messages, such as `cpu (avx2)`.
  var name: String { get }
  /// What products are computed in.
  var precision: Precision { get }
  /// The bytes of memory of its own that have been in use at most at a time, if it has any.
  var peakMemoryBytes: Int? { get }
  /// Whether threads that ask for work at the same time get it done sooner. A GPU does all work in
  /// order, and more of it at a time the larger the tensors.
  var gainsFromThreads: Bool { get }

  // MARK: Memory

  /// Memory for `byteCount` bytes, 64-byte aligned, contents undefined; freed with the storage.
  func allocate(byteCount: Int) throws(AllocationError) -> Storage
  /// Copies the host's bytes, which may change as soon as this returns.
  func upload(_ host: UnsafeRawBufferPointer, to result: Buffer)
  /// Waits for earlier work and copies to the host.
  func download(_ x: Buffer, to host: UnsafeMutableRawBufferPointer)
  /// Begins a copy to the host of what earlier work writes. Later work need not be waited for.
  func beginDownload(_ x: Buffer, byteCount: Int) -> any PendingDownload
  /// Waits for earlier work.
  func synchronize()
  /// Copies `rows` runs of `width` elements, which begin `stride` and `resultStride` elements
  /// apart. The buffers do not overlap and have the same scalar type, which may be any.
  func copyRows(
    _ x: Buffer, stride: Int, to result: Buffer, resultStride: Int, rows: Int, width: Int)
  /// Sets every element to `value`.
  func fill(_ result: Buffer, with value: Float, count: Int)

  // MARK: Element by element

  /// `result[i] = operation(x[i])`; `result` may be `x`.
  func unary(_ operation: UnaryOperation, _ x: Buffer, _ result: Buffer, count: Int)
  /// `result = operation(left, right)` over a broadcast shape; `result` may be an operand that has
  /// the result's shape.
  func binary(
    _ operation: BinaryOperation, _ left: Buffer, _ right: Buffer, _ result: Buffer,
    _ geometry: BroadcastGeometry)
  /// `result = operation(left, right)` of matrices `[rows, width]`; adds the sums of the result's
  /// columns to `sums`. `result` may be an operand.
  func binary(
    _ operation: BinaryOperation, _ left: Buffer, _ right: Buffer, _ result: Buffer,
    addingColumnSumsTo sums: Buffer, rows: Int, width: Int)
  /// `result[i] = scale * x[i] + offset`; `result` may be `x`.
  func affine(_ x: Buffer, scale: Float, offset: Float, _ result: Buffer, count: Int)
  /// `result[i] += scale * x[i]`.
  func addScaled(_ x: Buffer, scale: Float, to result: Buffer, count: Int)

  // MARK: Shape

  /// Reduces the middle axis of `x`, taken as `[outer, length, inner]`, to `[outer, inner]`.
  /// The sum and mean of nothing are 0 and NaN, the maximum is -infinity.
  func reduce(
    _ operation: ReduceOperation, _ x: Buffer, _ result: Buffer, outer: Int, length: Int, inner: Int
  )
  /// Adds the sums of the columns of `x` `[rows, width]` to `sums`.
  func addColumnSums(of x: Buffer, to sums: Buffer, rows: Int, width: Int)
  /// Writes the elements that `strides` (in elements) picks from `x` to a contiguous `shape`.
  func stridedCopy(_ x: Buffer, _ result: Buffer, shape: [Int], strides: [Int])

  // MARK: Matrix product

  /// The (batched) product of two matrices, with bias and activation applied to what is stored.
  func matrixProduct(
    _ left: Buffer, _ right: Buffer, bias: Buffer?, _ result: Buffer,
    _ geometry: MatrixProductGeometry)

  // MARK: Pictures

  /// The convolution of pictures with a kernel, plus one bias per channel, with activation; see
  /// ``ConvolutionGeometry``.
  func convolution(
    _ x: Buffer, kernel: Buffer, bias: Buffer?, _ result: Buffer, _ geometry: ConvolutionGeometry)
  /// The gradient with respect to the pictures, overwritten, or added to where it `accumulates`.
  func convolutionInputGradient(
    resultGradient: Buffer, kernel: Buffer, _ xGradient: Buffer, accumulates: Bool,
    _ geometry: ConvolutionGeometry)
  /// The gradient with respect to the kernel, which is added to.
  func convolutionKernelGradient(
    _ x: Buffer, resultGradient: Buffer, _ kernelGradient: Buffer, _ geometry: ConvolutionGeometry)
  /// Group normalization (Wu and He 2018): each group of channels of each picture has its own mean
  /// and biased variance, `(x - mean) / sqrt(variance + epsilon) * scale + bias`. Stores `mean` and
  /// `1 / sqrt(variance + epsilon)` in `statistics` `[images, groups, 2]`.
  func groupNorm(
    _ x: Buffer, scale: Buffer, bias: Buffer, _ result: Buffer, statistics: Buffer,
    _ geometry: GroupNormGeometry, epsilon: Float)
  /// The gradients of ``groupNorm(_:scale:bias:_:statistics:_:epsilon:)``. `xGradient` is
  /// overwritten; `scaleGradient` and `biasGradient` are added to.
  func groupNormGradient(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    scaleGradient: Buffer, biasGradient: Buffer, _ geometry: GroupNormGeometry)
  /// `scale` times the sum of each block of positions: a picture with one position a block.
  func sumBlocks(_ x: Buffer, scale: Float, _ result: Buffer, _ geometry: BlockGeometry)
  /// `scale` times each position at every position of its block.
  func repeatBlocks(_ x: Buffer, scale: Float, _ result: Buffer, _ geometry: BlockGeometry)

  // MARK: Rows

  /// Stops the program when one of `count` indices is outside of `range`, with a sentence that
  /// begins with `name` and tells the index.
  func requireIndices(_ indices: Buffer, count: Int, in range: Range<Int>, name: StaticString)
  /// `result[i, :] = scale * table[indices[i], :]`, rows of `width` elements; zeros for a negative
  /// index.
  func gatherRows(
    _ table: Buffer, _ indices: Buffer, scale: Float, _ result: Buffer, count: Int, width: Int)
  /// The sums of the rows of one or more terms, added in their order. `result` is no operand.
  func sumRows(_ terms: [SummedRows], _ result: Buffer, count: Int, width: Int)
  /// `table[indices[i], :] += scale * rows[i, :]`, in ascending order of i; nothing for a negative
  /// index.
  func scatterAddRows(
    _ rows: Buffer, _ indices: Buffer, scale: Float, to table: Buffer, count: Int, width: Int)
  /// Softmax of each row (its logarithm when `logarithm`); `result` may be `x`.
  func softmax(_ x: Buffer, _ result: Buffer, rows: Int, width: Int, logarithm: Bool)
  /// The gradient of ``softmax(_:_:rows:width:logarithm:)`` from its result `y`.
  func softmaxGradient(
    y: Buffer, resultGradient: Buffer, _ xGradient: Buffer, rows: Int, width: Int, logarithm: Bool)
  /// Layer normalization of each row: `(x - mean) / sqrt(variance + epsilon) * scale + bias` with
  /// the biased variance. Stores `mean` and `1 / sqrt(variance + epsilon)` of each row in
  /// `statistics` `[rows, 2]`, unless that is `nil`.
  func layerNorm(
    _ x: Buffer, scale: Buffer, bias: Buffer, _ result: Buffer, statistics: Buffer?, rows: Int,
    width: Int, epsilon: Float)
  /// The gradients of ``layerNorm(_:scale:bias:_:statistics:rows:width:epsilon:)``. `xGradient` is
  /// overwritten, or added to where it `accumulates`; `scaleGradient` and `biasGradient` are added
  /// to.
  func layerNormGradient(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    accumulates: Bool, scaleGradient: Buffer, biasGradient: Buffer, rows: Int, width: Int)
  /// `sum = residual + dropout(x)`, where there may be no dropout or no residual, and the layer
  /// normalization of the sum. Neither `sum` nor `result` is an operand.
  func sumLayerNorm(
    _ x: Buffer, dropout: DropoutKey?, residual: Buffer?, sum: Buffer, scale: Buffer, bias: Buffer,
    _ result: Buffer, statistics: Buffer?, rows: Int, width: Int, epsilon: Float)
  /// The gradients of layer normalization, of which dropout then leaves `dropped`: that of x in
  /// ``sumLayerNorm(_:dropout:residual:sum:scale:bias:_:statistics:rows:width:epsilon:)``.
  func layerNormGradient(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    accumulates: Bool, dropout: DropoutKey, dropped: Buffer, scaleGradient: Buffer,
    biasGradient: Buffer, rows: Int, width: Int)
  /// Per row: the cross-entropy in nats of `softmax(logits)` against the distribution that puts
  /// `1 - smoothing` on the label and `smoothing / (width - 1)` on every other class, minus the
  /// entropy of that distribution (`-( (1-e) ln(1-e) + (w-1) (e/(w-1)) ln(e/(w-1) + 1e-20) )`), so
  /// that the best possible value is 0.
  func crossEntropy(
    logits: Buffer, labels: Buffer, smoothing: Float, _ losses: Buffer, rows: Int, width: Int)
  /// The losses, and the gradient of their sum times `scale / divisor`, as
  /// ``crossEntropyGradient(logits:labels:smoothing:scale:divisor:_:rows:width:)`` has it.
  func crossEntropy(
    logits: Buffer, labels: Buffer, smoothing: Float, _ losses: Buffer, logitsGradient: Buffer,
    scale: Float, divisor: Float, rows: Int, width: Int)
  /// The gradient of the sum of the losses with respect to the logits, times the one element of
  /// `scale` over `divisor`; `logitsGradient` may be `logits`.
  func crossEntropyGradient(
    logits: Buffer, labels: Buffer, smoothing: Float, scale: Buffer, divisor: Float,
    _ logitsGradient: Buffer, rows: Int, width: Int)

  /// The negative log-likelihood in nats of each pixel's `values` `[rows, channels]` under a
  /// mixture with `parameters` `[rows, width]` relative to `locations` `[rows, channels]`; see
  /// ``LogisticMixtureGeometry``. Writes the gradient of each row's loss with respect to its
  /// parameters to `gradient` `[rows, width]`, if there is one.
  func logisticMixture(
    parameters: Buffer, values: Buffer, locations: Buffer, _ losses: Buffer, gradient: Buffer?,
    rows: Int, _ geometry: LogisticMixtureGeometry)

  /// What is known of `count` pixels before they are decoded, `[count, width]`; see
  /// ``CausalContextGeometry``. `pixels` count through images, rows and columns; `targets` and
  /// `means` are `[images, rows, columns, channels]`, and `inputs`, given if there is a ratio,
  /// `[images, rows / ratio, columns / ratio, channels]`. Windows are of `shown`, of the targets'
  /// shape, where that is given.
  func causalContext(
    targets: Buffer, shown: Buffer?, means: Buffer, inputs: Buffer?, pixels: Buffer,
    _ result: Buffer, count: Int, _ geometry: CausalContextGeometry)

  // MARK: Attention

  /// Multi-head attention over the pairs of a plan; see ``AttentionGeometry`` for the layouts.
  /// Stores each query's log-sum-exp (natural, of the scaled logits) in `logSumExp`
  /// `[batch, heads, queries]`; a query that attends to nothing gets a zero row and -infinity.
  func attention(
    queries: Buffer, keys: Buffer, values: Buffer, _ result: Buffer, logSumExp: Buffer,
    _ geometry: AttentionGeometry, dropout: DropoutKey?)
  /// The gradients of ``attention(queries:keys:values:_:logSumExp:_:dropout:)``, overwritten.
  func attentionGradient(
    queries: Buffer, keys: Buffer, values: Buffer, result: Buffer, logSumExp: Buffer,
    resultGradient: Buffer, queriesGradient: Buffer, keysGradient: Buffer, valuesGradient: Buffer,
    _ geometry: AttentionGeometry, dropout: DropoutKey?)
  /// The elements of the caches of keys and of values, whose layout is the backend's own.
  func attentionCacheCounts(_ geometry: AttentionGeometry) -> (keys: Int, values: Int)
  /// Writes keys `[batch, positions.count, heads * keyWidth]` and values likewise to these
  /// positions of the caches that ``attentionRow(_:queries:keyCache:valueCache:_:_:)`` reads.
  func cacheAttention(
    keys: Buffer, values: Buffer, at positions: Range<Int>, keyCache: Buffer, valueCache: Buffer,
    _ geometry: AttentionGeometry)
  /// One row of attention, for decoding: query number `row` of the plan, whose vector is given for
  /// each image (`queries` is `[batch, heads * keyWidth]`), against caches of keys and values. What
  /// no query attends to is read, but does not count, as long as it is finite. `result` is
  /// `[batch, heads * valueWidth]`.
  func attentionRow(
    _ row: Int, queries: Buffer, keyCache: Buffer, valueCache: Buffer, _ result: Buffer,
    _ geometry: AttentionGeometry)

  // MARK: Random numbers

  /// Uniform numbers in [low, high) from elements `0 ..< count` of a random stream.
  func randomUniform(_ key: RandomKey, low: Float, high: Float, _ result: Buffer, count: Int)
  /// Normal numbers from elements `0 ..< count` of a random stream (Box-Muller over pairs).
  func randomNormal(
    _ key: RandomKey, mean: Float, standardDeviation: Float, _ result: Buffer, count: Int)
  /// Inverted dropout: `result[i] = keep(i) ? x[i] / (1 - rate) : 0`; `result` may be `x`. Its
  /// gradient is itself, applied to the gradient.
  func dropout(_ x: Buffer, _ key: DropoutKey, _ result: Buffer, count: Int)

  /// `result = residual + dropout(x)`; see ``dropout(_:_:_:count:)``. `result` is no operand.
  func addDropout(
    _ x: Buffer, _ key: DropoutKey, to residual: Buffer, _ result: Buffer, count: Int)

  // MARK: Optimisation

  /// Writes the sum of the squares to a buffer of one Double.
  func sumOfSquares(_ x: Buffer, _ result: Buffer, count: Int)
  /// Writes the Float that gradients are to be multiplied with, given the sum of their squares as a
  /// Double: `scale`, and less where their norm would exceed a positive `clipNorm`; NaN where the
  /// norm is not finite.
  func clippedScale(sumOfSquares: Buffer, scale: Double, clipNorm: Double, _ result: Buffer)
  /// One step of Adam or AdamW over a whole parameter buffer; see ``AdamStep``. The step's decay is
  /// that of the elements of `decayed`, in ascending order, or of all. Gradients are also multiplied
  /// with the Float in `factor`; where it is NaN, nothing is done.
  func adam(
    parameters: Buffer, gradients: Buffer, firstMoments: Buffer, secondMoments: Buffer,
    _ step: AdamStep, decayed: [Range<Int>]?, factor: Buffer?, count: Int)
  /// `momenta = momentum * momenta + gradientScale * gradients` and
  /// `parameters -= learningRate * update`, where the update is the momenta or, with `nesterov`,
  /// `gradientScale * gradients + momentum * momenta`. With a `factor` as for Adam.
  func momentum(
    parameters: Buffer, gradients: Buffer, momenta: Buffer, learningRate: Float, momentum: Float,
    gradientScale: Float, nesterov: Bool, factor: Buffer?, count: Int)
  /// `average += (1 - decay) * (x - average)`.
  func movingAverage(_ x: Buffer, average: Buffer, decay: Float, count: Int)
}
