public import CajalTensor
import Foundation

extension Device {
  /// The NVIDIA GPU of a number, counted from 0.
  ///
  /// Needs NVIDIA's driver and its run-time compiler, NVRTC, which are loaded now, and uses its
  /// matrix products, cuBLASLt, where they are installed. The first call
  /// for a kind of GPU compiles the kernels, in some seconds, and keeps them in the cache folder of
  /// the account. The device of a number and a precision is made once: equal ones give equal devices.
  ///
  /// - Parameters:
  ///   - ordinal: The number.
  ///   - precision: What products are computed in. All but float32 use the GPU's tensor cores.
  /// - Throws: ``CUDAError`` with what is missing, and what helps.
  public static func cuda(
    _ ordinal: Int = 0, precision: Precision = .float32
  ) throws(CUDAError) -> Device {
    try CUDADevices.shared.device(ordinal, precision: precision)
  }

  /// The processor and all GPUs that can be used.
  ///
  /// Compiles the kernels for each GPU if that has not been done.
  public static var available: [Device] {
    let count = (try? CUDADevices.shared.properties().count) ?? 0
    return [.cpu] + (0..<count).compactMap { try? .cuda($0) }
  }

  /// The first GPU where there is one, else the processor.
  public static var `default`: Device { (try? .cuda()) ?? .cpu }
}

/// The devices of this machine's libraries, each made once.
public final class CUDADevices: Sendable {
  /// The devices of this process.
  public static let shared = CUDADevices { CUDALibraries.standard }

  private let libraries: @Sendable () -> Result<CUDALibraries, CUDAError>
  private let cache: KernelCache

  /// What tells the devices of a process apart.
  private struct Key: Hashable {
    let ordinal: Int
    let precision: Precision
    let products: ProductLibrary
  }

  // A lock of the system's rather than Synchronization's, which the thread sanitizer does not see.
  private let lock = NSLock()
  /// Only touched by who holds the lock.
  nonisolated(unsafe) private var devices: [Key: Device] = [:]

  /// The devices of libraries, which are loaded when they are needed.
  package init(
    cache: KernelCache = .standard(),
    _ libraries: @escaping @Sendable () -> Result<CUDALibraries, CUDAError>
  ) {
    self.cache = cache
    self.libraries = libraries
  }

  /// A device by its number, counted from 0, its precision, and who computes its products.
  ///
  /// - Throws: ``CUDAError``.
  package func device(
    _ ordinal: Int, precision: Precision = .float32, products: ProductLibrary = .cublas()
  ) throws(CUDAError) -> Device {
    lock.lock()
    defer { lock.unlock() }
    let key = Key(ordinal: ordinal, precision: precision, products: products)
    if let known = unsafe devices[key] { return known }
    let device = Device(
      try CUDABackend(
        try libraries().get(), ordinal: ordinal, precision: precision, products: products,
        cache: cache))
    unsafe devices[key] = device
    return device
  }

  /// What the driver tells about all devices. Compiles nothing.
  ///
  /// - Throws: ``CUDAError`` where there is no driver or no compiler.
  public func properties() throws(CUDAError) -> [CUDADeviceProperties] {
    let libraries = try libraries().get()
    var result: [CUDADeviceProperties] = []
    for ordinal in 0..<(try CUDADeviceProperties.count(libraries)) {
      result.append(try CUDADeviceProperties(libraries, ordinal: ordinal))
    }
    return result
  }

  /// The driver, the compiler and cuBLASLt with their versions, one line each. The last one says so
  /// where that is not installed.
  ///
  /// - Throws: ``CUDAError`` where there is no driver or no compiler.
  public func libraryDescriptions() throws(CUDAError) -> [String] {
    let libraries = try libraries().get()
    let (driver, nvrtc) = (libraries.driverVersion, libraries.nvrtcVersion)
    return [
      "\(libraries.driverPath): driver for CUDA \(driver.major).\(driver.minor)",
      "\(libraries.nvrtcPath): NVRTC \(nvrtc.major).\(nvrtc.minor)",
      CUDAMatrixLibrary.description(libraries.matrixLibrary),
    ]
  }
}
