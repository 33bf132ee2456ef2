import CajalSupport

extension Tensor {
  /// One element, named by an index for each axis. Each reading is a copy from the device: read
  /// many at once by ``scalars`` or ``withSpan(_:)``. A row of a matrix is `x[0, ...]`.
  public subscript(_ indices: Int...) -> Scalar {
    get {
      let position = position(indices)
      return flatSlice(from: position, shape: []).scalar
    }
    set {
      let position = position(indices)
      makeUnique()
      unsafe withUnsafeBytes(of: newValue) { bytes in
        unsafe device.backend.upload(bytes, to: buffer.advanced(by: position))
      }
    }
  }

  private func position(_ indices: [Int]) -> Int {
    require(
      indices.count == rank,
      "an element of shape \(shape) has \(rank) indices, not \(indices.count); a part is x[0, ...]")
    require(
      zip(indices, shape.dimensions).allSatisfy { $0 >= 0 && $0 < $1 },
      "there is no element \(indices) in shape \(shape)")
    return zip(indices, shape.strides).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

extension Tensor: Equatable {
  /// Whether shapes and elements are equal, wherever they are. As for the scalars, NaN equals
  /// nothing.
  public static func == (left: Tensor, right: Tensor) -> Bool {
    left.shape == right.shape && left.scalars == right.scalars
  }
}

extension Tensor {
  /// Reads the bytes of the flat sequence of elements from `offset` on.
  func download(bytesFrom offset: Int, to host: UnsafeMutableRawBufferPointer) {
    unsafe device.backend.download(bytes(from: offset), to: host)
  }

  /// Writes the bytes of the flat sequence of elements from `offset` on; they are not shared.
  func upload(_ host: UnsafeRawBufferPointer, toBytesFrom offset: Int) {
    unsafe device.backend.upload(host, to: bytes(from: offset))
  }

  private func bytes(from offset: Int) -> Buffer {
    Buffer(
      storage, offset: self.offset * Scalar.scalarType.byteCount + offset, scalarType: .uint8)
  }
}
