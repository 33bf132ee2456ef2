import CCajalCUDA

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

  /// All headers that they may include.
  package static let headers = (0..<cajal_cuda_kernel_header_count()).map {
    unsafe KernelSource(cajal_cuda_kernel_header($0))
  }

  /// Whether float32 does not need its kernels: those of files named `…_tensor.cu`.
  var isForTensorCores: Bool { name.hasSuffix("_tensor.cu") }

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
