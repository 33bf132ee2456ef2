import CajalSupport

/// Memory of the host.
@safe package final class HostStorage: Storage, @unchecked Sendable {
  /// The first byte.
  package let address: UnsafeMutableRawPointer
  /// What the memory goes back to where that is not the device's backend.
  package let keptOwner: (any HostMemory)?
  // The device keeps its backend alive: counting a second reference shows in decoding.
  private unowned(unsafe) let owner: any HostMemory

  /// Memory that goes back to its backend.
  package init(_ address: UnsafeMutableRawPointer, byteCount: Int, of backend: some HostBackend) {
    unsafe self.address = unsafe address
    keptOwner = nil
    unsafe owner = backend
    super.init(byteCount: byteCount, on: Device(backend))
  }

  /// Memory of `device` that goes back to `owner`, which is kept until then.
  package init(
    _ address: UnsafeMutableRawPointer, byteCount: Int, on device: Device,
    keeping owner: any HostMemory
  ) {
    unsafe self.address = unsafe address
    keptOwner = owner
    unsafe self.owner = owner
    super.init(byteCount: byteCount, on: device)
  }

  deinit { unsafe owner.deallocate(address, byteCount: byteCount) }
}

extension Buffer {
  /// Where the elements are in the host's memory. Valid for as long as the buffer is.
  func address<Scalar: TensorScalar>(of type: Scalar.Type) -> UnsafeMutablePointer<Scalar> {
    require(scalarType == Scalar.scalarType, "a buffer of \(scalarType) holds no \(type)")
    return unsafe hostStorage.address.assumingMemoryBound(to: type) + offset
  }

  /// Floats to read.
  var floats: UnsafePointer<Float> { unsafe UnsafePointer(address(of: Float.self)) }
  /// Floats to write.
  var mutableFloats: UnsafeMutablePointer<Float> { unsafe address(of: Float.self) }
  /// Integers to read.
  var integers: UnsafePointer<Int32> { unsafe UnsafePointer(address(of: Int32.self)) }

  /// The first byte, whatever the type.
  var bytes: UnsafeMutableRawPointer { unsafe hostStorage.address + offset * scalarType.byteCount }

  private var hostStorage: HostStorage {
    guard let host = storage as? HostStorage else {
      requirementFailure("a buffer of \(storage.device) is not in the host's memory")
    }
    return host
  }
}
