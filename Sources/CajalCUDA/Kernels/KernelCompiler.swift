package import CCajalCUDA

/// Compiles files of kernels for one architecture.
package struct KernelCompiler {
  let nvrtc: cajal_cuda_nvrtc
  /// The real architecture, such as `sm_90`: PTX of a newer compiler than the driver's would not
  /// load, and mistakes in inline PTX would not show.
  let architecture: String

  /// What the result depends on beside the sources.
  package var options: [String] {
    ["--gpu-architecture=\(architecture)", "--std=c++17", "-default-device"]
  }

  /// A compiler for an architecture.
  package init(_ nvrtc: cajal_cuda_nvrtc, architecture: String) {
    self.nvrtc = nvrtc
    self.architecture = architecture
  }

  /// The code of a file.
  ///
  /// - Throws: ``CUDAError/failedCompilation(file:architecture:log:)``.
  package func compile(
    _ source: KernelSource, headers: [KernelSource] = KernelSource.headers
  ) throws(CUDAError) -> [UInt8] {
    try compile(source, headers: headers, options: options).code
  }

  /// The code of a file, and what the assembler reports about each kernel, such as its registers.
  ///
  /// - Throws: ``CUDAError/failedCompilation(file:architecture:log:)``.
  package func compileVerbosely(
    _ source: KernelSource
  ) throws(CUDAError) -> (code: [UInt8], log: String) {
    try compile(
      source, headers: KernelSource.headers, options: options + ["--ptxas-options=-v"])
  }

  private func compile(
    _ source: KernelSource, headers: [KernelSource], options: [String]
  ) throws(CUDAError) -> (code: [UInt8], log: String) {
    var program: cajal_nvrtc_program?
    var result: cajal_cuda_result = 0
    unsafe withCStrings(headers.map(\.text)) { texts in
      unsafe withCStrings(headers.map(\.name)) { names in
        result = unsafe nvrtc.nvrtcCreateProgram(
          &program, source.text, source.name, Int32(headers.count), texts, names)
      }
    }
    guard result == 0 else { throw failure(source, "nvrtcCreateProgram gave \(result)") }
    defer { _ = unsafe nvrtc.nvrtcDestroyProgram(&program) }
    unsafe withCStrings(options) {
      result = unsafe nvrtc.nvrtcCompileProgram(program, Int32(options.count), $0)
    }
    guard result == 0 else { throw failure(source, unsafe "error \(result): \(log(of: program))") }
    var size = 0
    result = unsafe nvrtc.nvrtcGetCUBINSize(program, &size)
    guard result == 0, size > 0 else { throw failure(source, "there is no code") }
    var code = [UInt8](repeating: 0, count: size)
    unsafe code.withUnsafeMutableBytes {
      result = unsafe nvrtc.nvrtcGetCUBIN(program, $0.bindMemory(to: CChar.self).baseAddress)
    }
    guard result == 0 else { throw failure(source, "nvrtcGetCUBIN gave \(result)") }
    return unsafe (code, log(of: program))
  }

  private func failure(_ source: KernelSource, _ log: String) -> CUDAError {
    .failedCompilation(file: source.name, architecture: architecture, log: log)
  }

  private func log(of program: cajal_nvrtc_program?) -> String {
    var size = 0
    guard unsafe nvrtc.nvrtcGetProgramLogSize(program, &size) == 0, size > 0 else {
      return ""
    }
    var text = [CChar](repeating: 0, count: size)
    _ = unsafe nvrtc.nvrtcGetProgramLog(program, &text)
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

/// Calls `body` with texts that a NUL ends.
private func withCStrings(
  _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Void
) {
  let copies = unsafe texts.map { text in
    let bytes = Array(text.utf8CString)
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    unsafe copy.initialize(from: bytes, count: bytes.count)
    return unsafe copy
  }
  defer { unsafe copies.forEach { unsafe $0.deallocate() } }
  let pointers = unsafe copies.map { unsafe Optional(UnsafePointer($0)) }
  unsafe pointers.withUnsafeBufferPointer { list in
    if let first = list.baseAddress { unsafe body(first) }
  }
}
