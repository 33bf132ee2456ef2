import CUDAEmulator
import CajalCUDA
import CajalTensor
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

  @Test func folders() {
    #expect(CUDALibraries.folders(of: [:]) == [])
    #expect(
      CUDALibraries.folders(of: ["CAJAL_CUDA_LIBRARY_PATH": "/a:/b"]).filter {
        $0.hasSuffix("/lib")
      } == [
        "/a/lib", "/a/cu13/lib", "/a/cuda_nvrtc/lib", "/b/lib", "/b/cu13/lib", "/b/cuda_nvrtc/lib",
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
    #expect(first.name == "cuda:0 (Emulated GPU)")
    #expect(try devices.properties()[1].architecture == "sm_90")
    #expect(
      try devices.libraryDescriptions() == [
        "the emulator: driver for CUDA 13.0", "the emulator: NVRTC 13.0",
      ])
  }
}
