import CajalSupport
import CCajalCUDA
import CajalTensor

/// All kernels, loaded to one device.
@safe struct KernelTable: @unchecked Sendable {
  // Handles of the driver, which any thread may use. They last as long as the device's context.
  private var functions: [String: cajal_cuda_function] = unsafe [:]

  /// Loads all files of kernels, from the cache or compiled. The device's context is current.
  init(
    _ libraries: CUDALibraries, architecture: String, cache: KernelCache,
    files: [KernelSource] = KernelSource.files
  ) throws(CUDAError) {
    let compiler = KernelCompiler(libraries.nvrtc, architecture: architecture)
    let headers = KernelSource.headers
    let version = libraries.nvrtcVersion
    let common =
      compiler.options + ["\(version.major).\(version.minor)"]
      + headers.flatMap { [$0.name, $0.text] }
    @Sendable func compiled(_ file: KernelSource) throws(CUDAError) -> [UInt8] {
      let code = try compiler.compile(file, headers: headers)
      cache.store(code, "\(file.name)-\(architecture)", key: common + [file.name, file.text])
      return code
    }
    // Files that are to be compiled take all cores.
    let codes = try Threads.concurrentMap(files) { file throws(CUDAError) in
      let name = "\(file.name)-\(architecture)"
      if let code = cache.code(name, key: common + [file.name, file.text]) { return code }
      return try compiled(file)
    }
    for (file, code) in zip(files, codes) {
      // The driver may not take what was in the cache.
      var module = unsafe Self.load(code, libraries)
      if unsafe module == nil { unsafe module = Self.load(try compiled(file), libraries) }
      guard let module = unsafe module else {
        let driver = libraries.driverVersion
        throw .failedCall(
          function: "cuModuleLoadData",
          error: """
            the driver, for CUDA \(driver.major).\(driver.minor), takes no code for \(architecture) of NVRTC \
            \(version.major).\(version.minor); install that of CUDA \(driver.major), or a newer driver
            """)
      }
      try unsafe add(file, module, libraries)
    }
  }

  /// A kernel by its name.
  subscript(name: String) -> cajal_cuda_function? { unsafe functions[name] }

  private static func load(_ code: [UInt8], _ libraries: CUDALibraries) -> cajal_cuda_module? {
    var module: cajal_cuda_module?
    let result = unsafe libraries.driver.cuModuleLoadData(&module, code)
    return result == 0 ? unsafe module : nil
  }

  private mutating func add(
    _ file: KernelSource, _ module: cajal_cuda_module, _ libraries: CUDALibraries
  ) throws(CUDAError) {
    for kernel in file.kernels {
      var function: cajal_cuda_function?
      try libraries.check(
        unsafe libraries.driver.cuModuleGetFunction(&function, module, kernel),
        "cuModuleGetFunction of \(kernel)")
      unsafe functions[kernel] = unsafe function
    }
  }
}
