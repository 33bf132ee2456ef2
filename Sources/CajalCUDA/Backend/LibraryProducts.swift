import CCajalCUDA
import CajalTensor
import Foundation

/// Matrix products by cuBLASLt on one device.
///
/// An algorithm is chosen once for each kind of product, since that takes longer than a launch.
///
/// `@unchecked Sendable`: what changes is guarded by the lock, and the handle never does.
@safe final class LibraryProducts: @unchecked Sendable {
  /// The most bytes of memory that an algorithm may take: what NVIDIA advises for Hopper.
  static let workspaceBytes = 32 << 20

  /// How many kinds of products are kept: a model has dozens, but pictures may be of any size.
  private static let limit = 4096

  /// The least multiplications of a product.
  let leastMultiplications: Int
  /// The library's version, such as `13.1.0`.
  let version: String
  private let context: CUDAContext
  private let functions: cajal_cuda_blas
  private let precision: Precision
  private let handle: cajal_blas_handle
  // A lock of the system's rather than Synchronization's, which the thread sanitizer does not see.
  private let lock = NSLock()
  /// The products so far; `nil` where the library has no algorithm. Guarded by the lock.
  private var products: [LibraryProduct.Kind: LibraryProduct?] = [:]

  /// `nil` where the library is not to be used, is not there, or does not work with the driver.
  init?(_ context: CUDAContext, _ products: ProductLibrary, precision: Precision) {
    guard case .cublas(let least) = products,
      let library = try? context.libraries.matrixLibrary.get()
    else { return nil }
    context.makeCurrent()
    var handle: cajal_blas_handle?
    guard unsafe library.functions.cublasLtCreate(&handle) == 0, let handle = unsafe handle else {
      return nil
    }
    leastMultiplications = least
    self.context = context
    functions = library.functions
    version = library.version
    self.precision = precision
    unsafe self.handle = handle
  }

  /// The way to compute a kind of product, or `nil` where the library has none.
  func product(_ kind: LibraryProduct.Kind) -> LibraryProduct? {
    lock.withLock {
      if let known = products[kind] { return known }
      context.makeCurrent()
      let product = unsafe LibraryProduct(kind, precision: precision, handle: handle, functions)
      if products.count == Self.limit { products = [:] }
      products[kind] = .some(product)
      return product
    }
  }

  /// Launches a product on the device's stream, or returns false where the library refuses, now and
  /// for all of its kind from then on. Nothing is launched then.
  func launch(
    _ product: LibraryProduct, _ kind: LibraryProduct.Kind, left: UInt64, right: UInt64,
    bias: UInt64?, result: UInt64,
    workspace: UInt64?
  ) -> Bool {
    context.flush()
    // A product refers to the bias of one launch at a time.
    return lock.withLock {
      let status = unsafe product.launch(
        handle, left: left, right: right, bias: bias, result: result, workspace: workspace,
        context.stream)
      if status != 0 { products[kind] = .some(nil) }
      return status == 0
    }
  }

  deinit {
    products = [:]
    context.makeCurrent()
    _ = unsafe functions.cublasLtDestroy(handle)
  }
}
