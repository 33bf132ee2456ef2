import CajalSupport

extension HostBackend {
  /// Memory that goes back to this backend.
  package func allocate(byteCount: Int) throws(AllocationError) -> Storage {
    unsafe HostStorage(
      try allocateMemory(byteCount: byteCount), byteCount: byteCount, of: self)
  }

  /// Copies host memory to host memory.
  package func upload(_ host: UnsafeRawBufferPointer, to result: Buffer) {
    guard let source = host.baseAddress else { return }
    unsafe result.bytes.copyMemory(from: source, byteCount: host.count)
  }

  /// Copies host memory to host memory.
  package func download(_ x: Buffer, to host: UnsafeMutableRawBufferPointer) {
    unsafe host.baseAddress?.copyMemory(from: x.bytes, byteCount: host.count)
  }

  /// Returns at once, as all work is done.
  package func synchronize() {}

  /// Copies runs of elements.
  package func copyRows(
    _ x: Buffer, stride: Int, to result: Buffer, resultStride: Int, rows: Int, width: Int
  ) {
    let size = x.scalarType.byteCount
    let (source, target) = unsafe (x.bytes, result.bytes)
    for row in 0..<rows where width > 0 {
      unsafe (target + row * resultStride * size).copyMemory(
        from: source + row * stride * size, byteCount: width * size)
    }
  }

  /// Sets every element to `value`.
  package func fill(_ result: Buffer, with value: Float, count: Int) {
    unsafe fill(result.mutableFloats, with: value, count: count)
  }

  /// Sets every element to `value`.
  package func fill(_ result: UnsafeMutablePointer<Float>, with value: Float, count: Int) {
    unsafe result.update(repeating: value, count: count)
  }

  /// Stops the program when an index is outside of `range`.
  package func requireIndices(
    _ indices: Buffer, count: Int, in range: Range<Int>, name: StaticString
  ) {
    let indices = unsafe indices.integers
    for i in 0..<count where unsafe !range.contains(Int(indices[i])) {
      let allowed =
        range.lowerBound == .min ? "below \(range.upperBound)" : "in \(range)"
      requirementFailure(unsafe "\(name) \(indices[i]) is not \(allowed)")
    }
  }
}
