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
