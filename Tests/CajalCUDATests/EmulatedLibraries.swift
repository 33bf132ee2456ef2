import CUDAEmulator
import CajalCUDA
import CajalTensor

extension CUDALibraries {
  /// The emulator's.
  static let emulated = CUDALibraries(
    driver: cuda_emulator_driver(), nvrtc: cuda_emulator_nvrtc(), driverPath: "the emulator",
    nvrtcPath: "the emulator", matrixLibrary: .success(.emulated))
}

extension CUDAMatrixLibrary {
  /// The emulator's.
  static let emulated = CUDAMatrixLibrary(functions: cuda_emulator_blas(), path: "the emulator")
}

extension ProductLibrary {
  /// The library for all products that it takes, however small.
  static let cublasAlways = ProductLibrary.cublas(from: 0)
}

extension CUDABackend {
  /// A backend on a device of the emulator of its own, whose memory is poisoned:
  /// which, as all that is no kernel, ends a graph.
  convenience init(
    emulated order: cuda_emulator_order, precision: Precision = .float32,
    products: ProductLibrary = .own, memoryBytes: Int = 1 << 30,
    cache: KernelCache = KernelCache(folder: nil), poisonsMemory: Bool = true,
    gridLimit: Int = Grid.limit
  ) throws(CUDAError) {
    try self.init(
      .emulated, ordinal: Int(cuda_emulator_add_device(memoryBytes, order)), precision: precision,
      products: products, cache: cache, poisonsMemory: poisonsMemory, gridLimit: gridLimit)
  }

  /// What the emulator has been told to do.
  var counts: cuda_emulator_counts { cuda_emulator_counts_of(Int32(properties.ordinal)) }

  /// The names of what has been launched, in order.
  var launched: [String] {
    (0..<counts.launches).compactMap {
      cuda_emulator_launch_name(Int32(properties.ordinal), $0).map { String(cString: $0) }
    }
  }
}

/// Devices of the emulator that execute warps in each order, one of which has the library's
/// products and the other one Cajal's.
enum EmulatedDevices {
  static let all = [
    (cuda_emulator_ascending, ProductLibrary.cublasAlways), (cuda_emulator_descending, .own),
  ].map { order, products in
    Result { try CUDABackend(emulated: order, products: products) }.map { Device($0) }
  }
}
