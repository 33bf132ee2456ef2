import CCajalCUDA
package import CajalTensor

/// A file of kernels, or a header, as it was baked in.
package struct KernelSource: Sendable {
  /// The file's name, such as `elements.cu`.
  package let name: String
  /// The text.
  package let text: String

  /// A source.
  package init(name: String, text: String) {
    self.name = name
    self.text = text
  }

  private init(_ source: cajal_cuda_source) {
    unsafe self.init(name: String(cString: source.name), text: String(cString: source.text))
  }

  /// All files of kernels.
  package static let files = (0..<cajal_cuda_kernel_file_count()).map {
    unsafe KernelSource(cajal_cuda_kernel_file($0))
  }

  /// The files that a precision needs: float32 none of those named `…_tensor.cu`, so that they are
  /// not compiled for it.
  package static func files(for precision: Precision) -> [KernelSource] {
    files.filter { precision != .float32 || !$0.name.hasSuffix("_tensor.cu") }
  }

  /// All headers that they may include.
  package static let headers = (0..<cajal_cuda_kernel_header_count()).map {
    unsafe KernelSource(cajal_cuda_kernel_header($0))
  }

  /// The names of the kernels in the text.
  package var kernels: [String] {
    text.split(separator: "\n").compactMap { line in
      guard line.hasPrefix("extern \"C\" __global__ void ") else { return nil }
      // The last word before a parenthesis, as __launch_bounds__(…) may come before it.
      return line.split(separator: "(").map { $0.split { " )".contains($0) }.last ?? "" }
        .first { $0.hasPrefix("cajal_") }.map(String.init)
    }
  }
}
