import CUDAEmulator
import CajalCUDA
import CajalSupport
import CajalTensor
import Foundation

/// The emulator in a shared library of its own, whose kernels tell of every access: see
/// Tests/Traffic/build.
struct CountingEmulator {
  /// The environment variable that names the library.
  static let variable = "CAJAL_TRAFFIC_LIBRARY"

  /// Why tests that count bytes are skipped.
  static let remedy = "no \(variable), which Tests/Traffic/build makes"

  /// Whether there is a library.
  static var isAvailable: Bool { path != nil }

  private static var path: String? {
    ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
  }

  private typealias MakeDriver = @convention(c) () -> cajal_cuda_driver
  private typealias MakeCompiler = @convention(c) () -> cajal_cuda_nvrtc
  private typealias MakeMatrixLibrary = @convention(c) () -> cajal_cuda_blas
  private typealias AddDevice = @convention(c) (Int, cuda_emulator_order) -> Int32
  private typealias MovementOf = @convention(c) (Int32, Int64) -> cuda_emulator_movement

  private let library: UnsafeMutableRawPointer

  /// Loads it; it is never unloaded, since its devices last as long as the process.
  init() throws {
    guard let path = Self.path, let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw CountingEmulatorError(description: dlerror().map { String(cString: $0) } ?? Self.remedy)
    }
    self.library = library
  }

  private func function<Function>(_ name: String, as type: Function.Type) -> Function {
    unsafeBitCast(dlsym(library, name), to: type)
  }

  /// A backend on a device of its own.
  func backend(_ precision: Precision, products: ProductLibrary) throws -> CUDABackend {
    let matrices = function("cuda_emulator_blas", as: MakeMatrixLibrary.self)()
    let libraries = CUDALibraries(
      driver: function("cuda_emulator_driver", as: MakeDriver.self)(),
      nvrtc: function("cuda_emulator_nvrtc", as: MakeCompiler.self)(),
      driverPath: "the emulator", nvrtcPath: "the emulator",
      matrixLibrary: .success(CUDAMatrixLibrary(functions: matrices, path: "the emulator")))
    let addDevice = function("cuda_emulator_add_device", as: AddDevice.self)
    return try CUDABackend(
      libraries, ordinal: Int(addDevice(1 << 30, cuda_emulator_ascending)), precision: precision,
      products: products, cache: KernelCache(folder: nil))
  }

  /// What a device has done since it exists, from number `first` on.
  func movements(of backend: CUDABackend, from first: Int = 0) -> [Movement] {
    let movementOf = function("cuda_emulator_movement_of", as: MovementOf.self)
    backend.synchronize()
    var result: [Movement] = []
    while true {
      let next = movementOf(Int32(backend.properties.ordinal), Int64(first + result.count))
      guard let operation = next.operation else { return result }
      result.append(
        Movement(
          operation: String(cString: operation), bytesRead: Int(next.bytes_read),
          bytesWritten: Int(next.bytes_written)))
    }
  }
}

/// What an operation of a device has read and written of its memory.
struct Movement: Equatable {
  var operation: String
  var bytesRead: Int, bytesWritten: Int
}

struct CountingEmulatorError: Error, CustomStringConvertible {
  let description: String
}
