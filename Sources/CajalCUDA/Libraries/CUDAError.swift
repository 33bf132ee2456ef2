/// Why a CUDA device cannot be used: one line that says what was tried and what helps.
public enum CUDAError: Error, Sendable, Hashable {
  /// None of these files could be loaded; `remedy` says what to install.
  case missingLibrary(tried: [String], remedy: String)
  /// A library lacks a function that Cajal calls.
  case unsuitableLibrary(path: String, function: String, remedy: String)
  /// The driver has no device of this number.
  case missingDevice(ordinal: Int, count: Int)
  /// The device is older than the oldest that kernels are written for.
  case unsuitableDevice(name: String, capability: String)
  /// A function of a library failed.
  case failedCall(function: String, error: String)
  /// The kernels of a file could not be compiled.
  case failedCompilation(file: String, architecture: String, log: String)
}

extension CUDAError: CustomStringConvertible {
  /// One line with the reason and a way out.
  public var description: String {
    switch self {
    case .missingLibrary(let tried, let remedy):
      "CUDA is not available: none of \(tried.joined(separator: ", ")) could be loaded; \(remedy)"
    case .unsuitableLibrary(let path, let function, let remedy):
      "CUDA is not available: \(path) has no function \(function); \(remedy)"
    case .missingDevice(_, count: 0):
      "the NVIDIA driver sees no GPU; nvidia-smi says which it has, and CUDA_VISIBLE_DEVICES may "
        + "hide them"
    case .missingDevice(let ordinal, let count):
      "there is no GPU number \(ordinal): the driver sees \(count), counted from 0"
    case .unsuitableDevice(let name, let capability):
      "\(name) has compute capability \(capability); the kernels need 8.0 or later (Ampere)"
    case .failedCall(let function, let error):
      "\(function) failed: \(error)"
    case .failedCompilation(let file, let architecture, let log):
      "NVRTC cannot compile \(file) for \(architecture): "
        + log.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
  }
}
