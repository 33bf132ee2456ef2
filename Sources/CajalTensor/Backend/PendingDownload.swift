/// A copy to the host that a device has been asked for.
package protocol PendingDownload: Sendable {
  /// Waits for the copy and writes it to memory of its size. May be called again.
  func finish(to host: UnsafeMutableRawBufferPointer)
}

/// A copy that is made when it is asked for. Nobody writes to the buffer until then.
package struct LateDownload: PendingDownload {
  private let backend: any Backend
  private let buffer: Buffer

  /// A copy of a buffer of a backend.
  package init(backend: any Backend, buffer: Buffer) {
    self.backend = backend
    self.buffer = buffer
  }

  /// Makes the copy.
  package func finish(to host: UnsafeMutableRawBufferPointer) {
    unsafe backend.download(buffer, to: host)
  }
}

/// The elements of a tensor, on their way to the host.
package struct PendingScalars<Scalar: TensorScalar>: Sendable {
  private let download: any PendingDownload
  private let count: Int

  /// Has the elements copied, in the order of the device's work.
  init(_ tensor: Tensor<Scalar>) {
    count = tensor.count
    download = tensor.device.backend.beginDownload(
      tensor.buffer, byteCount: count * MemoryLayout<Scalar>.stride)
  }

  /// The elements. Waits until the device has copied them, but for no later work.
  package var scalars: [Scalar] {
    unsafe [Scalar](unsafeUninitializedCapacity: count) { elements, initialized in
      if count > 0 { unsafe download.finish(to: UnsafeMutableRawBufferPointer(elements)) }
      initialized = count
    }
  }

  /// The only element.
  package var scalar: Scalar { scalars[0] }
}

extension Tensor {
  /// Has the elements copied to the host, which need not wait for it now.
  package func beginReading() -> PendingScalars<Scalar> { PendingScalars(self) }
}
