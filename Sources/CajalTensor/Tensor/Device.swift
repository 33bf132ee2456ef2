/// Where a tensor's elements are and what computes with them.
public struct Device: Sendable {
  /// What executes the primitives.
  package let backend: any Backend

  /// The device that a backend drives.
  package init(_ backend: any Backend) { self.backend = backend }

  /// Such as `cpu (avx2)`.
  public var name: String { backend.name }

  /// What it computes products in.
  public var precision: Precision { backend.precision }

  /// The bytes of its own memory that have been in use at most at a time; `nil` for the processor.
  public var peakMemoryBytes: Int? { backend.peakMemoryBytes }

  /// Waits until the device has done all work that it was given.
  public func synchronize() { backend.synchronize() }

  /// The processor, with BLAS and the best SIMD kernels that it can run (or the level that the
  /// environment variable `CAJAL_ISA` names).
  public static let cpu = Device(CPUBackend.automatic)

  /// Plain loops on the processor, with sums in Double: slow, and what the others are tested
  /// against.
  public static let reference = Device(ReferenceBackend())
}

extension Device: Hashable {
  /// Devices are equal when the same backend object drives them.
  public static func == (left: Device, right: Device) -> Bool { left.backend === right.backend }
  /// Hashes the identity of the backend.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(backend)) }
}

extension Device: CustomStringConvertible {
  /// The device's name, and its precision unless that is float32.
  public var description: String {
    precision == .float32 ? name : "\(name) in \(precision.rawValue)"
  }
}
