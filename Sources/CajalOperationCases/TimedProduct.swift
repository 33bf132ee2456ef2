public import CajalCUDA
public import CajalTensor

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
    left = timedOperand([rows, inner], seed: 1, on: device)
    right = timedOperand([inner, columns], seed: 2, on: device)
    result = timedOperand([rows, columns], seed: 3, on: device)
    bias = isDenseLayer ? timedOperand([columns], seed: 4, on: device) : nil
  }

  /// Computes the product.
  public func run() {
    result.storeProduct(left, right, bias: bias, geometry)
    result.device.synchronize()
  }
}

extension Device {
  /// The GPU of a number whose matrix products are all computed by Cajal's kernels, to compare with
  /// ``CajalTensor/Device/cuda(_:precision:)``.
  ///
  /// - Throws: `CUDAError` where it cannot be used.
  public static func cudaWithOwnProducts(
    _ ordinal: Int, precision: Precision
  ) throws(CUDAError) -> Device {
    try CUDADevices.shared.device(ordinal, precision: precision, products: .own)
  }
}
