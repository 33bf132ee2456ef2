import CCajalCUDA
import CUDAEmulator
import Foundation

/// A device of the emulator with a stream, for tests of single kernels.
struct EmulatedDevice {
  let driver: cajal_cuda_driver
  let nvrtc = cuda_emulator_nvrtc()
  private let context: cajal_cuda_context?
  private let stream: cajal_cuda_stream?

  init(_ ordinal: Int) {
    var context: cajal_cuda_context?
    let driver = cuda_emulator_driver()
    Self.expect(driver.cuDevicePrimaryCtxRetain(&context, Int32(ordinal)))
    Self.expect(driver.cuCtxSetCurrent(context))
    var stream: cajal_cuda_stream?
    Self.expect(driver.cuStreamCreate(&stream, UInt32(cajal_cuda_stream_non_blocking)))
    self.driver = driver
    self.context = context
    self.stream = stream
  }

  /// Copies numbers to the device, does the work on them, and copies them back.
  func run(
    on numbers: [Float], _ work: (_ memory: cajal_cuda_address) -> Void
  ) -> [Float] {
    let bytes = numbers.count * 4
    var memory: cajal_cuda_address = 0
    Self.expect(driver.cuCtxSetCurrent(context))
    Self.expect(driver.cuMemAlloc(&memory, bytes))
    defer { Self.expect(driver.cuMemFree(memory)) }
    var numbers = numbers
    Self.expect(driver.cuMemcpyHtoDAsync(memory, numbers, bytes, stream))
    work(memory)
    numbers.withUnsafeMutableBytes {
      Self.expect(driver.cuMemcpyDtoHAsync($0.baseAddress, memory, bytes, stream))
    }
    return numbers
  }

  /// Launches a kernel of a file, or one of the emulator's own, on some blocks of some threads.
  func launch<each Argument>(
    _ kernel: String, file: String? = nil, blocks: Int = 2, blocksDown: Int = 1,
    blocksDeep: Int = 1, threads: Int = 64, sharedBytes: Int = 0,
    _ arguments: repeat each Argument
  ) {
    let function = function(kernel, file: file)
    if sharedBytes > 48 << 10 {
      let attribute = Int32(cajal_cuda_function_max_dynamic_shared_bytes)
      Self.expect(driver.cuFuncSetAttribute(function, attribute, Int32(sharedBytes)))
    }
    var places: [UnsafeMutableRawPointer?] = []
    defer { for place in places { place?.deallocate() } }
    for argument in repeat each arguments {
      withUnsafeBytes(of: argument) {
        let place = UnsafeMutableRawPointer.allocate(byteCount: $0.count, alignment: 16)
        place.copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        places.append(place)
      }
    }
    places.withUnsafeMutableBufferPointer {
      Self.expect(
        driver.cuLaunchKernel(
          function, UInt32(blocks), UInt32(blocksDown), UInt32(blocksDeep), UInt32(threads), 1, 1,
          UInt32(sharedBytes), stream, $0.baseAddress, nil))
    }
  }

  /// Copies operands to the device, does the work on their addresses, and returns them as they are
  /// then. The operands are aligned to their elements only.
  func run(
    on operands: [[Float]], _ work: (_ addresses: [cajal_cuda_address]) -> Void
  ) -> [[Float]] {
    var starts = [1]
    for operand in operands { starts.append(starts.last! + operand.count) }
    let all = run(on: [0] + operands.joined()) { memory in
      work(starts.map { memory + cajal_cuda_address(4 * $0) })
    }
    return zip(starts, operands).map { Array(all[$0..<($0 + $1.count)]) }
  }

  /// Compiles and loads a kernel.
  private func function(_ kernel: String, file: String?) -> cajal_cuda_function? {
    let headers = (0..<cajal_cuda_kernel_header_count()).map(cajal_cuda_kernel_header)
    let source = (0..<cajal_cuda_kernel_file_count()).map(cajal_cuda_kernel_file)
      .first { String(cString: $0.name) == file }
    let text = source.map { String(cString: $0.text) } ?? "extern \"C\" __global__ void \(kernel)("
    var program: cajal_nvrtc_program?
    Self.expect(
      nvrtc.nvrtcCreateProgram(
        &program, text, file, Int32(headers.count), headers.map(\.text),
        headers.map(\.name)))
    let option = strdup("--gpu-architecture=sm_90")
    defer { free(option) }
    Self.expect(nvrtc.nvrtcCompileProgram(program, 1, [UnsafePointer(option)]))
    var size = 0
    Self.expect(nvrtc.nvrtcGetCUBINSize(program, &size))
    var image = [CChar](repeating: 0, count: size)
    Self.expect(nvrtc.nvrtcGetCUBIN(program, &image))
    Self.expect(nvrtc.nvrtcDestroyProgram(&program))
    var module: cajal_cuda_module?
    Self.expect(driver.cuModuleLoadData(&module, image))
    var function: cajal_cuda_function?
    Self.expect(driver.cuModuleGetFunction(&function, module, kernel))
    return function
  }

  private static func expect(_ result: cajal_cuda_result) {
    precondition(result == 0, "the emulator returned \(result)")
  }
}
