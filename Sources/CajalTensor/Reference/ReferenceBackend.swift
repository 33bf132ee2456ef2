/// The primitives as plain loops on the processor, with sums in Double.
///
/// Slow on purpose: it is short enough to be checked against the definitions by reading, and the other
/// backends are tested against it. Functions of one element are computed in Double and rounded once.
public final class ReferenceBackend: HostBackend {
  /// A backend; it has no state, so that any two compute the same.
  public init() {}

  /// `reference`
  public var name: String { "reference" }

  /// Memory of the host, 64-byte aligned; at least one byte, so that the pointer is unique.
  public func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    .allocate(byteCount: max(byteCount, 1), alignment: 64)
  }

  /// Gives back memory from ``allocate(byteCount:)``.
  public func deallocate(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    memory.deallocate()
  }
}
