/// What host memory is given back to.
package protocol HostMemory: AnyObject, Sendable {
  /// Takes back memory of `byteCount` bytes.
  func deallocate(_ memory: UnsafeMutableRawPointer, byteCount: Int)
}
