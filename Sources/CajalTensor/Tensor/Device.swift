/// Where a tensor's elements are and what computes with them.
public struct Device: Sendable {
  /// What executes the primitives.
  public let backend: any Backend

  /// The device that a backend drives.
  public init(_ backend: any Backend) { self.backend = backend }

  /// The processor, with BLAS and the best SIMD kernels that it can run (or the level that the
  /// environment variable `CAJAL_ISA` names).
  public static let cpu = Device(CPUBackend.automatic)

  /// Plain loops on the processor, with sums in Double: slow, and what the others are tested against.
  public static let reference = Device(ReferenceBackend())
}

extension Device: Hashable {
  /// Devices are equal when the same backend object drives them.
  public static func == (left: Device, right: Device) -> Bool { left.backend === right.backend }
  /// Hashes the identity of the backend.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(backend)) }
}

extension Device: CustomStringConvertible {
  /// The backend's name.
  public var description: String { backend.name }
}
