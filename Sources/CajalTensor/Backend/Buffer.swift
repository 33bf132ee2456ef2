/// A piece of a backend's memory that tensors share, freed with its last owner.
///
/// Every backend allocates a subclass of its own, which knows where the memory is. Open, and so
/// public, because Swift has no class that only the modules of a package may inherit from; nothing
/// outside of this package can make or use one.
///
/// `@unchecked Sendable`: the memory is written only by the one owner that has just made it or that
/// has found itself unique (copy on write), and only read once it is shared.
open class Storage: @unchecked Sendable {
  /// What the memory belongs to.
  package let device: Device
  /// The number of bytes.
  package let byteCount: Int

  /// The part that all storages have.
  package init(byteCount: Int, on device: Device) {
    self.device = device
    self.byteCount = byteCount
  }
}

/// What a primitive reads or writes: the elements of a storage from an offset on.
package struct Buffer: Sendable {
  /// The memory.
  package let storage: Storage
  /// The first element, counted in elements.
  package let offset: Int
  /// The type of the elements.
  package let scalarType: ScalarType

  /// The elements of `storage` from `offset` on.
  package init(_ storage: Storage, offset: Int, scalarType: ScalarType) {
    self.storage = storage
    self.offset = offset
    self.scalarType = scalarType
  }

  /// The elements from `count` further on.
  package func advanced(by count: Int) -> Buffer {
    Buffer(storage, offset: offset + count, scalarType: scalarType)
  }
}

extension Buffer: Equatable {
  /// Whether two buffers begin at the same place of the same storage.
  package static func == (left: Buffer, right: Buffer) -> Bool {
    left.storage === right.storage && left.offset == right.offset
      && left.scalarType == right.scalarType
  }
}
