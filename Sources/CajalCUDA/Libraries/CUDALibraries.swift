package import CCajalCUDA
import CajalPlatform
import Foundation

/// The functions of NVIDIA's driver and run-time compiler, loaded when they are first asked for,
/// and those of its matrix products where they are installed.
package struct CUDALibraries: Sendable {
  /// The driver's functions.
  package let driver: cajal_cuda_driver
  /// The compiler's functions.
  package let nvrtc: cajal_cuda_nvrtc
  /// Where both came from, for people.
  package let driverPath: String, nvrtcPath: String
  /// Matrix products, or why there are none.
  package let matrixLibrary: Result<CUDAMatrixLibrary, CUDAError>

  /// Functions from elsewhere, such as an emulator.
  package init(
    driver: cajal_cuda_driver, nvrtc: cajal_cuda_nvrtc, driverPath: String, nvrtcPath: String,
    matrixLibrary: Result<CUDAMatrixLibrary, CUDAError>
  ) {
    self.driver = driver
    self.nvrtc = nvrtc
    self.driverPath = driverPath
    self.nvrtcPath = nvrtcPath
    self.matrixLibrary = matrixLibrary
  }

  /// The environment variable that names folders of libraries, separated by colons: those of pip's
  /// packages, or the `nvidia` folder that contains them.
  package static let pathVariable = "CAJAL_CUDA_LIBRARY_PATH"

  /// The compiler's files, the best first.
  package static let nvrtcNames = ["libnvrtc.so.13", "libnvrtc.so.12"]

  /// The libraries of this machine.
  package static let standard = Result { () throws(CUDAError) in
    try CUDALibraries(folders: folders(of: ProcessInfo.processInfo.environment))
  }

  /// The folders that an environment names.
  package static func folders(of environment: [String: String]) -> [String] {
    (environment[pathVariable] ?? "").split(separator: ":").flatMap { folder in
      ["", "/lib", "/cu13/lib", "/cuda_nvrtc/lib", "/cublas/lib"].map { folder + $0 }
    }
  }

  /// Loads the libraries, from these folders before the system's.
  ///
  /// - Throws: ``CUDAError`` with all files that were tried, and what to install.
  package init(
    folders: [String], driverNames: [String] = ["libcuda.so.1"],
    nvrtcNames: [String] = nvrtcNames, matrixNames: [String] = CUDAMatrixLibrary.names
  ) throws(CUDAError) {
    let driverRemedy = "install the NVIDIA driver"
    // The driver is part of the system, never of a package.
    let cuda = try LoadedLibrary(driverNames, folders: [], remedy: driverRemedy)
    var driver = cajal_cuda_driver()
    if let missing = unsafe cajal_cuda_load_driver(cuda.handle, &driver) {
      throw .unsuitableLibrary(
        path: cuda.path, function: unsafe String(cString: missing),
        remedy: "install a driver for CUDA 12 or later")
    }
    let major = Self.version(of: driver).major
    let compiler = try Self.compiler(
      folders: folders, names: Self.ordered(nvrtcNames, forDriver: major))
    self.init(
      driver: driver, nvrtc: compiler.nvrtc, driverPath: cuda.path, nvrtcPath: compiler.path,
      matrixLibrary: Result { () throws(CUDAError) in
        try CUDAMatrixLibrary(folders: folders, names: Self.ordered(matrixNames, forDriver: major))
      })
  }

  /// Files of libraries in the order in which they suit a driver: a library of a newer CUDA than
  /// the driver's comes last.
  package static func ordered(_ names: [String], forDriver major: Int) -> [String] {
    func isNewer(_ name: String) -> Bool {
      (name.split(separator: ".").last.flatMap { Int($0) } ?? 0) > major
    }
    return names.filter { !isNewer($0) } + names.filter(isNewer)
  }

  /// Loads the compiler alone, which needs neither a driver nor a GPU.
  ///
  /// - Throws: ``CUDAError`` with all files that were tried, and what to install.
  package static func compiler(
    folders: [String], names: [String] = nvrtcNames
  ) throws(CUDAError) -> (nvrtc: cajal_cuda_nvrtc, path: String) {
    let remedy = """
      install CUDA's run-time compiler, such as with pip install nvidia-cuda-nvrtc, and name its \
      folder in \(pathVariable)
      """
    let library = try LoadedLibrary(names, folders: folders, remedy: remedy)
    var nvrtc = cajal_cuda_nvrtc()
    if let missing = unsafe cajal_cuda_load_nvrtc(library.handle, &nvrtc) {
      throw .unsuitableLibrary(
        path: library.path, function: unsafe String(cString: missing), remedy: remedy)
    }
    try library.loadBuiltins(version: version(of: nvrtc), remedy: remedy)
    return (nvrtc, library.path)
  }

  /// The compiler's version, such as 13.0.
  package var nvrtcVersion: (major: Int, minor: Int) { Self.version(of: nvrtc) }

  /// The version of a compiler.
  package static func version(of nvrtc: cajal_cuda_nvrtc) -> (major: Int, minor: Int) {
    var (major, minor): (Int32, Int32) = (0, 0)
    _ = unsafe nvrtc.nvrtcVersion(&major, &minor)
    return (Int(major), Int(minor))
  }

  /// The CUDA version that the driver is for, such as 13.0.
  package var driverVersion: (major: Int, minor: Int) { Self.version(of: driver) }

  private static func version(of driver: cajal_cuda_driver) -> (major: Int, minor: Int) {
    var version: Int32 = 0
    _ = unsafe driver.cuDriverGetVersion(&version)
    return (Int(version) / 1000, Int(version) % 1000 / 10)
  }

  /// Throws unless a result of the driver is success.
  func check(_ result: cajal_cuda_result, _ function: String) throws(CUDAError) {
    guard result != 0 else { return }
    throw .failedCall(function: function, error: text(of: result))
  }

  /// The driver's name and text of a result.
  func text(of result: cajal_cuda_result) -> String {
    var name: UnsafePointer<CChar>?
    var text: UnsafePointer<CChar>?
    _ = unsafe driver.cuGetErrorName(result, &name)
    _ = unsafe driver.cuGetErrorString(result, &text)
    let words = unsafe [name, text].compactMap { pointer in
      unsafe pointer.map { unsafe String(cString: $0) }
    }
    return words.isEmpty ? "error \(result)" : words.joined(separator: ", ")
  }
}
