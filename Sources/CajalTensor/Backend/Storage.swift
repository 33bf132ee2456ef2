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
