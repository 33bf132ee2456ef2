package import CCajalCUDA
package import CajalTensor

/// What a kernel takes: the value that its parameter has in CUDA C++.
package protocol KernelArgument {
  /// The type of the parameter: a pointer is a UInt64.
  associatedtype Value: BitwiseCopyable
  /// The value of the parameter.
  var kernelValue: Value { get }
}

extension Int: KernelArgument {
  /// An `int64`.
  package var kernelValue: Int64 { Int64(self) }
}

extension Int32: KernelArgument {
  /// An `int`.
  package var kernelValue: Int32 { self }
}

extension UInt32: KernelArgument {
  /// A `uint32`.
  package var kernelValue: UInt32 { self }
}

extension Float: KernelArgument {
  /// A `float`.
  package var kernelValue: Float { self }
}

extension Double: KernelArgument {
  /// A `double`.
  package var kernelValue: Double { self }
}

extension Bool: KernelArgument {
  /// An `int` that is 0 or 1.
  package var kernelValue: Int32 { self ? 1 : 0 }
}

extension Buffer: KernelArgument {
  /// A pointer to the first element.
  package var kernelValue: UInt64 { CUDAStorage.address(of: self) }
}

extension Optional: KernelArgument where Wrapped: KernelArgument, Wrapped.Value == UInt64 {
  /// A pointer, or a null pointer.
  package var kernelValue: UInt64 { self?.kernelValue ?? 0 }
}

extension cajal_cuda_unary: KernelArgument {
  /// An `int`.
  package var kernelValue: UInt32 { rawValue }
}

extension cajal_cuda_binary: KernelArgument {
  /// An `int`.
  package var kernelValue: UInt32 { rawValue }
}

extension cajal_cuda_reduce: KernelArgument {
  /// An `int`.
  package var kernelValue: UInt32 { rawValue }
}

extension cajal_cuda_attention_operand: KernelArgument {
  /// An `int`.
  package var kernelValue: UInt32 { rawValue }
}

// Structures are passed by value.
extension KernelArgument where Self: BitwiseCopyable {
  /// The structure.
  package var kernelValue: Self { self }
}

extension cajal_cuda_broadcast: KernelArgument {}
extension cajal_cuda_random_key: KernelArgument {}
extension cajal_cuda_dropout: KernelArgument {}
extension cajal_cuda_strides: KernelArgument {}
extension cajal_cuda_smoothed_label: KernelArgument {}
extension cajal_cuda_row_terms: KernelArgument {}
extension cajal_cuda_adam: KernelArgument {}
extension cajal_cuda_decayed: KernelArgument {}
extension cajal_cuda_product: KernelArgument {}
extension cajal_cuda_parts: KernelArgument {}
extension cajal_cuda_attention: KernelArgument {}
extension cajal_cuda_group_norm: KernelArgument {}
extension cajal_cuda_blocks: KernelArgument {}
extension cajal_cuda_logistic_mixture: KernelArgument {}
extension cajal_cuda_causal_context: KernelArgument {}
extension cajal_cuda_convolution: KernelArgument {}
