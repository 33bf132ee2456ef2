public import CajalTensor

// Single primitives on random operands, for timing: a call does only the work, and returns when it
// is done.

/// A matrix product, optionally with the bias and the activation of a dense layer.
public final class TimedProduct {
  private let geometry: MatrixProductGeometry
  private let left, right: Tensor<Float>
  private let bias: Tensor<Float>?
  private var result: Tensor<Float>

  /// The product of `[rows, inner]` and `[inner, columns]`, each stored as it is or transposed.
  public init(
    rows: Int, inner: Int, columns: Int, transposesLeft: Bool = false,
    transposesRight: Bool = false, isDenseLayer: Bool = false, on device: Device = .cpu
  ) {
    var geometry = MatrixProductGeometry(rows: rows, inner: inner, columns: columns)
    geometry.transposesLeft = transposesLeft
    geometry.transposesRight = transposesRight
    geometry.activation = isDenseLayer ? .relu : .identity
    self.geometry = geometry
    left = random([rows, inner], seed: 1, on: device)
    right = random([inner, columns], seed: 2, on: device)
    result = random([rows, columns], seed: 3, on: device)
    bias = isDenseLayer ? random([columns], seed: 4, on: device) : nil
  }

  /// Computes the product.
  public func run() {
    result.storeProduct(left, right, bias: bias, geometry)
    result.device.synchronize()
  }
}

/// Attention and its gradients.
public final class TimedAttention {
  private let geometry: AttentionGeometry
  private let queries, keys, values, gradient: Tensor<Float>
  private var result, logSumExp: Tensor<Float>

  /// Attention over the pairs of a plan, with keys and values of the same width.
  public init(
    _ plan: AttentionPlan, batch: Int, heads: Int, width: Int, on device: Device = .cpu
  ) {
    geometry = AttentionGeometry(
      plan: plan, batch: batch, heads: heads, keyWidth: width, valueWidth: width)
    let querySide: Shape = [batch, plan.queryCount, heads * width]
    let keySide: Shape = [batch, plan.keyCount, heads * width]
    queries = random(querySide, seed: 1, on: device)
    keys = random(keySide, seed: 2, on: device)
    values = random(keySide, seed: 3, on: device)
    gradient = random(querySide, seed: 5, on: device)
    (result, logSumExp) = queries.attended(keys: keys, values: values, geometry, dropout: nil)
  }

  /// Computes the result.
  public func forward() {
    (result, logSumExp) = queries.attended(keys: keys, values: values, geometry, dropout: nil)
    result.device.synchronize()
  }

  /// Computes the gradients of queries, keys and values.
  public func backward() {
    _ = queries.attentionGradients(
      gradient, keys: keys, values: values, result: result, logSumExp: logSumExp, geometry,
      dropout: nil)
    result.device.synchronize()
  }
}

/// A convolution of 3 × 3 that keeps the pictures' size and the number of channels, and its
/// gradients.
public final class TimedConvolution {
  private let geometry: ConvolutionGeometry
  private let pictures, kernel, bias, gradient: Tensor<Float>
  private var kernelGradient: Tensor<Float>

  /// The convolution of square pictures.
  public init(images: Int, side: Int, channels: Int, on device: Device = .cpu) {
    let axis = ConvolutionGeometry.Axis(extent: side, kernel: 3, stride: 1, before: 1, after: 1)
    geometry = ConvolutionGeometry(
      images: images, rows: axis, columns: axis, channels: channels, resultChannels: channels)
    pictures = random(geometry.pictureShape, seed: 1, on: device)
    kernel = random(geometry.kernelShape, seed: 2, on: device)
    bias = random([channels], seed: 3, on: device)
    gradient = random(geometry.resultShape, seed: 4, on: device)
    kernelGradient = random(geometry.kernelShape, seed: 6, on: device)
  }

  /// Computes the result.
  public func forward() {
    _ = pictures.convolved(kernel, bias: bias, geometry)
    pictures.device.synchronize()
  }

  /// Computes the gradient of the pictures.
  public func inputGradient() {
    _ = gradient.convolutionInputGradient(kernel, geometry)
    pictures.device.synchronize()
  }

  /// Adds the gradient of the kernel.
  public func addKernelGradient() {
    kernelGradient.addConvolutionKernelGradient(pictures, gradient, geometry, at: 0)
    pictures.device.synchronize()
  }
}

/// Normal random numbers.
private func random(_ shape: Shape, seed: UInt64, on device: Device) -> Tensor<Float> {
  Tensor(randomNormal: shape, key: RandomKey(seed: seed, stream: 0), on: device)
}
