package import CajalTensor

extension CUDABackend {
  /// Memory of the device.
  package func allocate(byteCount: Int) throws(AllocationError) -> Storage {
    CUDAStorage(
      try memory.allocate(byteCount: byteCount), byteCount: byteCount, of: memory,
      on: Device(self))
  }

  /// Memory for what a primitive computes on its way. It may go as soon as the launches are made,
  /// since later work on the same memory is done later.
  func workspace(byteCount: Int) -> DeviceMemory {
    DeviceMemory(byteCount: byteCount, of: memory)
  }

  /// Memory for `floats` elements.
  func workspace(floats: Int) -> DeviceMemory { workspace(byteCount: 4 * floats) }

  /// Copies to pinned memory, which the device reads later.
  package func upload(_ host: UnsafeRawBufferPointer, to result: Buffer) {
    unsafe staging.upload(host, to: CUDAStorage.address(of: result))
  }

  /// Waits for earlier work and copies to the host.
  package func download(_ x: Buffer, to host: UnsafeMutableRawBufferPointer) {
    unsafe staging.download(CUDAStorage.address(of: x), to: host)
  }

  /// Begins a copy to pinned memory; to large memory it is made when it is asked for.
  package func beginDownload(_ x: Buffer, byteCount: Int) -> any PendingDownload {
    staging.beginDownload(x, byteCount: byteCount)
      ?? LateDownload(backend: self, buffer: x)
  }

  /// Waits for earlier work.
  package func synchronize() { context.synchronize() }

  /// Copies runs of elements: the driver does where they lie together, else a kernel, 16 bytes at a
  /// time where everything is a multiple of that.
  package func copyRows(
    _ x: Buffer, stride: Int, to result: Buffer, resultStride: Int, rows: Int, width: Int
  ) {
    let size = x.scalarType.byteCount
    if rows == 1 || stride == width && resultStride == width {
      context.copy(x.kernelValue, to: result.kernelValue, byteCount: rows * width * size)
      return
    }
    let bytes = [width, stride, resultStride].map { $0 * size }
    let places = [x, result].map { Int(truncatingIfNeeded: $0.kernelValue) }
    let unit = (bytes + places).allSatisfy { $0 % 16 == 0 } ? 16 : size
    let count = rows * bytes[0] / unit
    launch(
      "cajal_copy_rows_\(unit)", grid: grid(for: count, perThread: 4), x, bytes[1] / unit, result,
      bytes[2] / unit, rows, bytes[0] / unit)
  }

  /// Sets every element to `value`.
  package func fill(_ result: Buffer, with value: Float, count: Int) {
    launch("cajal_fill", grid: grid(for: count, perThread: 4), result, value, count)
  }
}
