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

extension Optional: KernelArgument where Wrapped == Buffer {
  /// A pointer to the first element, or a null pointer.
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

// Structures are passed by value.
extension KernelArgument where Self: BitwiseCopyable {
  /// The structure.
  package var kernelValue: Self { self }
}

extension cajal_cuda_broadcast: KernelArgument {}
extension cajal_cuda_random_key: KernelArgument {}
extension cajal_cuda_dropout: KernelArgument {}
