extension Tensor {
  /// One element, named by an index an axis. Each reading is a copy from the device: read many at
  /// once by ``scalars``.
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
    precondition(
      indices.count == rank
        && zip(indices, shape.dimensions).allSatisfy { $0 >= 0 && $0 < $1 },
      "there is no element \(indices) in shape \(shape)")
    return zip(indices, shape.strides).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The elements as another type: the nearest that it has; integers truncate toward zero and
  /// saturate.
  public func cast<Other>(to type: Other.Type = Other.self) -> Tensor<Other> {
    Tensor<Other>(scalars.map { Other(converting: $0.asDouble) }, shape: shape, on: device)
  }
}

extension Tensor: Equatable {
  /// Whether shapes and elements are equal, wherever they are. As for the scalars, NaN equals
  /// nothing.
  public static func == (left: Tensor, right: Tensor) -> Bool {
    left.shape == right.shape && left.scalars == right.scalars
  }
}

extension Tensor: CustomStringConvertible {
  /// The type, the shape and the elements in nested brackets; of an axis longer than six only the
  /// first and the last three.
  public var description: String {
    let elements = scalars
    let strides = shape.strides
    func list(axis: Int, start: Int) -> String {
      guard axis < rank else { return "\(elements[start])" }
      let extent = shape.dimensions[axis]
      let shown = extent > 6 ? Array(0..<3) + Array(extent - 3..<extent) : Array(0..<extent)
      var parts = shown.map { list(axis: axis + 1, start: start + $0 * strides[axis]) }
      if extent > 6 { parts.insert("…", at: 3) }
      return "[" + parts.joined(separator: ", ") + "]"
    }
    return "Tensor<\(Scalar.self)>\(shape): \(list(axis: 0, start: 0))"
  }
}

extension Tensor {
  /// Reads the bytes of the flat sequence of elements from `offset` on.
  func download(bytesFrom offset: Int, to host: UnsafeMutableRawBufferPointer) {
    unsafe device.backend.download(bytes(from: offset), to: host)
  }

  /// Writes the bytes of the flat sequence of elements from `offset` on; nobody else shares them.
  func upload(_ host: UnsafeRawBufferPointer, toBytesFrom offset: Int) {
    unsafe device.backend.upload(host, to: bytes(from: offset))
  }

  private func bytes(from offset: Int) -> Buffer {
    Buffer(
      storage, offset: self.offset * Scalar.scalarType.byteCount + offset, scalarType: .uint8)
  }
}
