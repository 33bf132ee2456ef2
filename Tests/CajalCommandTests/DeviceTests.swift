import CUDAEmulator
import Cajal
import CajalCUDA
import Testing

@testable import CajalCommand

/// The choice of a device, and what is said where there is none.
@Suite struct DeviceTests {
  @Test func devicesHaveNames() throws {
    #expect(try DeviceChoice("auto") == .automatic)
    #expect(try DeviceChoice("cpu").open() == .cpu)
    #expect(try DeviceChoice("cuda") == .cuda(0))
    #expect(try DeviceChoice("cuda:3") == .cuda(3))
    for text in ["", "CPU", "cuda:", "cuda:-1", "cuda:x", "gpu"] {
      #expect(throws: (any Error).self) { try DeviceChoice(text) }
    }
  }

  @Test func informationNamesGPUs() {
    let emulated = CUDALibraries(
      driver: cuda_emulator_driver(), nvrtc: cuda_emulator_nvrtc(), driverPath: "libcuda.so.1",
      nvrtcPath: "libnvrtc.so.13",
      matrixLibrary: .success(
        CUDAMatrixLibrary(functions: cuda_emulator_blas(), path: "libcublasLt.so.13")))
    // Other tests add devices.
    let lines = DeviceReport.lines(CUDADevices { .success(emulated) })
    #expect(
      lines.prefix(3) == [
        "GPUs:", "  cuda:0: Emulated GPU, 2.1 GB, 4 multiprocessors, compute capability 9.0",
        "  cuda:1: Emulated GPU, 2.1 GB, 4 multiprocessors, compute capability 9.0",
      ])
    #expect(
      lines.suffix(3) == [
        "  libcuda.so.1: driver for CUDA 13.0", "  libnvrtc.so.13: NVRTC 13.0",
        "  libcublasLt.so.13: cuBLASLt 13.0.0",
      ])
    let missing = CUDAError.missingLibrary(
      tried: ["libcuda.so.1"], remedy: "install the NVIDIA driver")
    #expect(
      DeviceReport.lines(CUDADevices { .failure(missing) }) == [
        """
        GPUs: CUDA is not available: none of libcuda.so.1 could be loaded; install the NVIDIA \
        driver
        """
      ])
  }

  /// A machine without a GPU.
  static let hasNone = ((try? CUDADevices.shared.properties()) ?? []).isEmpty

  @Test(
    .enabled(if: hasNone),
    arguments: [
      ["train", "--data", "x", "--run", "y"], ["evaluate", "--data", "x", "--run", "y"],
      ["predict", "--data", "x", "--run", "y", "-o", "z.png"], ["demo", "-o", "cajal-no-demo"],
    ])
  func missingDevicesAreNamed(command: [String]) throws {
    let outcome = try CajalProcess.run(command + ["--device", "cuda"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.hasPrefix("cajal: ") && outcome.errors.hasSuffix("\n"))
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("; --device cpu computes on the processor"))
  }

  /// The processor computes in float32 only.
  @Test(arguments: [
    ["train", "--data", "x", "--run", "y"], ["evaluate", "--data", "x", "--run", "y"],
    ["predict", "--data", "x", "--run", "y", "-o", "z.png"],
    ["upsample", "x.png", "--run", "y", "-o", "z.png"], ["verify", "x"],
  ])
  func theProcessorHasOnePrecision(command: [String]) throws {
    for precision in ["tf32", "bfloat16"] {
      let outcome = try CajalProcess.run(
        command + ["--device", "cpu", "--precision", precision])
      #expect(outcome.status == 2)
      let sentence =
        "cajal: --precision \(precision) needs a GPU; the processor computes in float32 (see"
      #expect(outcome.errors.hasPrefix(sentence))
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }
    let outcome = try CajalProcess.run(command + ["--precision", "half"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("a precision is float32, tf32 or bfloat16, not half"))
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
  }

  /// What a run was trained in is kept, and said where it cannot be.
  @Test func precisionsAreResumed() throws {
    #expect(throws: Never.self) { try DeviceChoice.checkProcessor(takes: nil) }
    #expect(throws: (any Error).self) {
      try DeviceChoice.checkProcessor(takes: nil, resuming: .bfloat16)
    }
    #expect(throws: Never.self) {
      try DeviceChoice.checkProcessor(takes: .float32, resuming: .bfloat16)
    }
  }

  @Test(.enabled(if: hasNone)) func informationSaysWhatIsMissing() throws {
    let outcome = try CajalProcess.run(["info"])
    #expect(outcome.status == 0 && outcome.output.contains("\nGPUs: "))
  }
}
