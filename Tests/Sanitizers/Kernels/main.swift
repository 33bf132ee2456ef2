// Executes the kernels on the emulated device, to be built with the address and
// undefined-behavior sanitizers: the table of operations, forward and backward, in ascending order
// of warps. Memory has its exact size and is freed at once. What the kernels compute is compared
// elsewhere.
//
//   SanitizedKernels             all of it
//   SanitizedKernels overrun     a kernel that writes beyond its memory, which has to be reported

import CUDAEmulator
import CajalCUDA
import CajalOperationCases

@testable import CajalTensor

let libraries = CUDALibraries(
  driver: cuda_emulator_driver(), nvrtc: cuda_emulator_nvrtc(), driverPath: "the emulator",
  nvrtcPath: "the emulator",
  matrixLibrary: .success(
    CUDAMatrixLibrary(functions: cuda_emulator_blas(), path: "the emulator")))
func backend(_ precision: Precision, _ products: ProductLibrary = .own) throws -> CUDABackend {
  try CUDABackend(
    libraries, ordinal: 0, precision: precision, products: products,
    cache: KernelCache(folder: nil), poisonsMemory: true, cachesMemory: false)
}
let exact = try backend(.float32)
let device = Device(exact)

if CommandLine.arguments.dropFirst().first == "overrun" {
  let numbers = Tensor<Float>(repeating: 0, shape: [100], on: device)
  exact.launch("cajal_fill", grid: Grid(1), numbers.buffer, 1 as Float, 101)
  print(numbers.scalars)
} else {
  executeRows(on: device)
  executeStatements(on: exact)
  for precision in [Precision.tf32, .bfloat16] {
    executeRows(
      on: Device(try backend(precision)),
      ofGroups: ["matrix products", "pictures", "attention"])
  }
  // What products of the library need: rounded operands and a workspace.
  for precision in [Precision.float32, .bfloat16] {
    executeRows(
      on: Device(try backend(precision, .cublas(from: 0))), ofGroups: ["matrix products"])
  }
  let launches = cuda_emulator_counts_of(0).launches
  print("\(launches) launches without a wrong address or undefined behavior")
}
