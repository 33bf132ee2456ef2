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

/// Who computes a GPU's matrix products, to compare them.
public enum ProductChoice: String, Sendable, CaseIterable {
  /// NVIDIA's library where it is installed, but for small ones: what
  /// ``CajalTensor/Device/cuda(_:precision:)`` does.
  case library
  /// Likewise, however small they are.
  case always
  /// Cajal's kernels.
  case own
}

extension Device {
  /// The GPU of a number, with a choice of who computes its matrix products.
  ///
  /// - Throws: `CUDAError` where it cannot be used.
  public static func cuda(
    _ ordinal: Int, precision: Precision, products: ProductChoice
  ) throws(CUDAError) -> Device {
    let library: ProductLibrary =
      switch products {
      case .library: .cublas()
      case .always: .cublas(from: 0)
      case .own: .own
      }
    return try CUDADevices.shared.device(ordinal, precision: precision, products: library)
  }
}
