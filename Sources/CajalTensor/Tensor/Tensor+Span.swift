extension Tensor {
  /// Calls a closure with the elements in row-major order, on the host.
  ///
  /// The elements of a processor's device are read where they are; those of another device are
  /// copied first. Waits for the device.
  public func withSpan<Result, Failure: Error>(
    _ body: (Span<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // The common case needs no search for a conformance.
    guard device == .cpu || device.backend is any HostBackend else {
      let elements = scalars
      return try body(elements.span)
    }
    // The storage is this tensor's as long as this method runs.
    let elements = unsafe UnsafeBufferPointer(start: buffer.address(of: Scalar.self), count: count)
    defer { withExtendedLifetime(storage) {} }
    return try unsafe body(elements.span)
  }
}
