import CUDAEmulator
import CajalCUDA
import CajalTensor

extension CUDALibraries {
  /// The emulator's.
  static let emulated = CUDALibraries(
    driver: cuda_emulator_driver(), nvrtc: cuda_emulator_nvrtc(), driverPath: "the emulator",
    nvrtcPath: "the emulator")
}

extension CUDABackend {
  /// A backend on a device of the emulator of its own, whose memory is poisoned.
  convenience init(
    emulated order: cuda_emulator_order, precision: Precision = .float32,
    memoryBytes: Int = 1 << 30, cache: KernelCache = KernelCache(folder: nil),
    gridLimit: Int = Grid.limit
  ) throws(CUDAError) {
    try self.init(
      .emulated, ordinal: Int(cuda_emulator_add_device(memoryBytes, order)), precision: precision,
      cache: cache, poisonsMemory: true, gridLimit: gridLimit)
  }

  /// What the emulator has been told to do.
  var counts: cuda_emulator_counts { cuda_emulator_counts_of(Int32(properties.ordinal)) }
}

/// Devices of the emulator that execute warps in each order.
enum EmulatedDevices {
  static let all = [cuda_emulator_ascending, cuda_emulator_descending].map { order in
    Result { try CUDABackend(emulated: order) }.map { Device($0) }
  }
}
