import CCajalCUDA

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
    for file in files {
      let name = "\(file.name)-\(architecture)"
      let key = common + [file.name, file.text]
      if let code = cache.code(name, key: key), let module = unsafe Self.load(code, libraries) {
        try unsafe add(file, module, libraries)
        continue
      }
      let code = try compiler.compile(file, headers: headers)
      cache.store(code, name, key: key)
      guard let module = unsafe Self.load(code, libraries) else {
        throw .failedCall(
          function: "cuModuleLoadData", error: "the driver takes no code for \(architecture)")
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
