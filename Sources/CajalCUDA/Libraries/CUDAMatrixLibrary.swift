package import CCajalCUDA

/// cuBLASLt, NVIDIA's matrix products: used where it is installed.
package struct CUDAMatrixLibrary: Sendable {
  /// Its functions.
  package let functions: cajal_cuda_blas
  /// Where they came from, for people.
  package let path: String

  /// The library's files, the best first.
  package static let names = ["libcublasLt.so.13", "libcublasLt.so.12"]

  /// Functions from elsewhere, such as an emulator.
  package init(functions: cajal_cuda_blas, path: String) {
    self.functions = functions
    self.path = path
  }

  /// Loads the library, from these folders before the system's.
  ///
  /// - Throws: ``CUDAError`` where it is not installed, or too old.
  package init(folders: [String], names: [String] = names) throws(CUDAError) {
    let library = try LoadedLibrary(names, folders: folders, remedy: Self.remedy)
    var functions = cajal_cuda_blas()
    if let missing = unsafe cajal_cuda_load_blas(library.handle, &functions) {
      throw .unsuitableLibrary(
        path: library.path, function: unsafe String(cString: missing), remedy: Self.remedy)
    }
    self.init(functions: functions, path: library.path)
  }

  private static let remedy = "install cuBLAS, such as with pip install nvidia-cublas"

  /// Such as `13.1.0`.
  var version: String {
    let number = functions.cublasLtGetVersion()
    return "\(number / 10_000).\(number / 100 % 100).\(number % 100)"
  }

  /// A line about a library that was looked for.
  static func description(_ library: Result<CUDAMatrixLibrary, CUDAError>) -> String {
    let reason: String
    switch library {
    case .success(let library): return "\(library.path): cuBLASLt \(library.version)"
    case .failure(.unsuitableLibrary(let path, let function, _)):
      reason = "\(path) has no function \(function)"
    case .failure(.missingLibrary): reason = "it is not installed"
    case .failure(let error): reason = "\(error)"
    }
    return "no cuBLASLt, so that products take longer: \(reason); \(remedy)"
  }
}
