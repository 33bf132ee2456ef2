import CCajalCUDA
import CUDAEmulator
import CajalCUDA
import CajalTensor
import Foundation
import Testing

/// What is said when something is missing.
@Suite struct LibraryTests {
  private func error(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func aMissingDriverIsNamed() {
    let text = error {
      _ = try CUDALibraries(folders: [], driverNames: ["libcajal-no-driver.so.1"])
    }
    #expect(
      text == """
        CUDA is not available: none of libcajal-no-driver.so.1 could be loaded; install the NVIDIA \
        driver
        """)
  }

  @Test func anUnsuitableDriverIsNamed() {
    let text = error { _ = try CUDALibraries(folders: [], driverNames: ["libc.so.6"]) }
    #expect(
      text == """
        CUDA is not available: libc.so.6 has no function cuInit; install a driver for CUDA 12 or \
        later
        """)
  }

  /// Without the library of matrix products, or with one that is too old or does not work, Cajal's
  /// kernels compute.
  @Test func theMatrixLibraryIsOptional() throws {
    let names = ["libcajal-no-blas.so.1", "libcajal-no-blas.so.2"]
    let missing = Result { () throws(CUDAError) in
      try CUDAMatrixLibrary(folders: ["/no-folder"], names: names)
    }
    let remedy = "install cuBLAS, such as with pip install nvidia-cublas"
    let tried = [1, 2].flatMap {
      ["/no-folder/libcajal-no-blas.so.\($0)", "libcajal-no-blas.so.\($0)"]
    }
    #expect(
      #expect(throws: CUDAError.self) { try missing.get() }
        == .missingLibrary(tried: tried, remedy: remedy))
    let old = Result { () throws(CUDAError) in
      try CUDAMatrixLibrary(folders: [], names: ["libc.so.6"])
    }
    var functions = cuda_emulator_blas()
    functions.cublasLtCreate = { _ in 1 }
    let broken = CUDAMatrixLibrary(functions: functions, path: "a library")
    let reasons = [
      "no cuBLASLt, so that products take longer: it is not installed; \(remedy)",
      "no cuBLASLt, so that products take longer: libc.so.6 has no function cublasLtGetVersion; "
        + remedy,
      "a library: cuBLASLt 13.0.0",
    ]
    for (library, reason) in zip([missing, old, .success(broken)], reasons) {
      let libraries = CUDALibraries(
        driver: cuda_emulator_driver(), nvrtc: cuda_emulator_nvrtc(), driverPath: "the emulator",
        nvrtcPath: "the emulator", matrixLibrary: library)
      let devices = CUDADevices(cache: KernelCache(folder: nil)) { .success(libraries) }
      #expect(try devices.libraryDescriptions().last == reason)
      let ordinal = Int(cuda_emulator_add_device(1 << 28, cuda_emulator_ascending))
      let device = try devices.device(ordinal, products: .cublasAlways)
      let x = Tensor<Float>(repeating: 2, shape: [40, 40], on: device)
      #expect(x.dense(x, bias: nil, activation: .identity).scalars.allSatisfy { $0 == 160 })
      let launched = cuda_emulator_launch_name(Int32(ordinal), 0).map { String(cString: $0) }
      #expect(launched == "cajal_fill")
      let product = cuda_emulator_launch_name(Int32(ordinal), 1).map { String(cString: $0) }
      #expect(product == "cajal_matrix_product_sliced")
    }
  }

  private static let installed = try? CUDAMatrixLibrary(
    folders: CUDALibraries.folders(of: ProcessInfo.processInfo.environment))

  /// cuBLASLt itself has all functions, which needs no GPU.
  @Test(
    .enabled(
      if: installed != nil, "there is no cuBLASLt; name its folder in CAJAL_CUDA_LIBRARY_PATH"))
  func theMatrixLibraryLoads() throws {
    let functions = try #require(Self.installed).functions
    #expect((120_000..<140_000).contains(functions.cublasLtGetVersion()))
    let text = try #require(functions.cublasLtGetStatusString(0))
    #expect(!String(cString: text).isEmpty)
  }

  @Test func folders() {
    #expect(CUDALibraries.folders(of: [:]) == [])
    #expect(
      CUDALibraries.folders(of: ["CAJAL_CUDA_LIBRARY_PATH": "/a:/b"]).filter {
        $0.hasSuffix("/lib")
      } == [
        "/a/lib", "/a/cu13/lib", "/a/cuda_nvrtc/lib", "/a/cublas/lib", "/b/lib", "/b/cu13/lib",
        "/b/cuda_nvrtc/lib", "/b/cublas/lib",
      ])
  }

  @Test func aMissingDeviceIsNamed() {
    let devices = CUDADevices(cache: KernelCache(folder: nil)) { .success(.emulated) }
    let text = error { _ = try devices.device(1_000_000) }
    #expect(text?.hasPrefix("there is no GPU number 1000000: the driver sees ") == true)
  }

  @Test func devicesOfANumberAreOne() throws {
    let devices = CUDADevices(cache: KernelCache(folder: nil)) { .success(.emulated) }
    let first = try devices.device(0)
    #expect(try devices.device(0) == first)
    #expect(try devices.device(1) != first)
    #expect(first.name == "cuda:0 (Emulated GPU) with cuBLASLt 13.0.0")
    #expect(try devices.properties()[1].architecture == "sm_90")
    #expect(
      try devices.libraryDescriptions() == [
        "the emulator: driver for CUDA 13.0", "the emulator: NVRTC 13.0",
        "the emulator: cuBLASLt 13.0.0",
      ])
  }

  /// What is made for a newer CUDA than the driver's is tried last.
  @Test func librariesSuitTheDriver() {
    let names = CUDALibraries.nvrtcNames
    #expect(CUDALibraries.ordered(names, forDriver: 13) == names)
    #expect(
      CUDALibraries.ordered(names, forDriver: 12) == ["libnvrtc.so.12", "libnvrtc.so.13"])
    #expect(CUDALibraries.ordered(names, forDriver: 14) == names)
  }
}
