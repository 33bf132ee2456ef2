// Element by element. Results are new tensors; what is written in place is copied first if somebody
// shares it.

extension Tensor<Float> {
  /// Applies a function to every element.
  package func applied(_ operation: UnaryOperation) -> Tensor {
    let result = Tensor(uninitialized: shape, on: device)
    withExtendedLifetime(self) {
      device.backend.unary(operation, unsafePointer, result.unsafeMutablePointer, count: count)
    }
    return result
  }

  /// Applies a function to this tensor's and another's elements, either stretched as needed; traps
  /// where the shapes do not broadcast.
  package func applied(_ operation: BinaryOperation, _ other: Tensor) -> Tensor {
    requireSameDevice(other)
    guard let shape = shape.broadcast(with: other.shape),
      let geometry = BroadcastGeometry(self.shape, other.shape)
    else { preconditionFailure("shapes \(self.shape) and \(other.shape) do not broadcast") }
    let result = Tensor(uninitialized: shape, on: device)
    withExtendedLifetime((self, other)) {
      device.backend.binary(
        operation, unsafePointer, other.unsafePointer, result.unsafeMutablePointer, geometry)
    }
    return result
  }

  /// `scale · self + offset`
  package func scaled(by scale: Float, plus offset: Float = 0) -> Tensor {
    let result = Tensor(uninitialized: shape, on: device)
    withExtendedLifetime(self) {
      device.backend.affine(
        unsafePointer, scale: scale, offset: offset, result.unsafeMutablePointer, count: count)
    }
    return result
  }

  /// Reduces `axes` neighboring axes from `axis` on, which the result lacks.
  package func reduced(_ operation: ReduceOperation, axis: Int, count axes: Int) -> Tensor {
    precondition(
      axis >= 0 && axes >= 0 && axis + axes <= rank,
      "\(axes) axes from \(axis) on are not in shape \(shape)")
    let dimensions = shape.dimensions
    let (outer, inner) = (dimensions[..<axis], dimensions[(axis + axes)...])
    let result = Tensor(uninitialized: Shape(Array(outer + inner)), on: device)
    withExtendedLifetime(self) {
      device.backend.reduce(
        operation, unsafePointer, result.unsafeMutablePointer, outer: outer.reduce(1, *),
        length: dimensions[axis..<(axis + axes)].reduce(1, *), inner: inner.reduce(1, *))
    }
    return result
  }

  /// Zeros of `shape` with this tensor at `range` of `axis`.
  package func embedded(at range: Range<Int>, axis: Int, of shape: Shape) -> Tensor {
    precondition(
      self.shape == shape.replacing(axis: axis, with: range.count) && range.lowerBound >= 0
        && range.upperBound <= shape[axis],
      "\(self.shape) is not \(range) of axis \(axis) of \(shape)")
    var result = Tensor(zeros: shape, on: device)
    let (outer, length, inner) = shape.split(at: axis)
    let run = range.count * inner
    for index in 0..<outer where run > 0 {
      result.write(
        flatSlice(from: index * run, shape: [run]),
        at: (index * length + range.lowerBound) * inner)
    }
    return result
  }

  /// Zeros, which the device itself writes.
  package init(zeros shape: Shape, on device: Device) {
    self.init(uninitialized: shape, on: device)
    device.backend.fill(unsafeMutablePointer, with: 0, count: shape.count)
  }

  /// Sets every element to `value`.
  package mutating func fill(with value: Float) {
    makeUnique()
    device.backend.fill(unsafeMutablePointer, with: value, count: count)
  }

  /// Sets elements `range` of the flat sequence to `value`.
  package mutating func fill(_ range: Range<Int>, with value: Float) {
    requirePlace(range.lowerBound, range.count)
    makeUnique()
    device.backend.fill(
      unsafeMutablePointer + range.lowerBound, with: value, count: range.count)
  }

  /// Adds `scale · x` to the elements of the flat sequence from `offset` on.
  package mutating func add(_ x: Tensor, scale: Float = 1, at offset: Int = 0) {
    requireSameDevice(x)
    requirePlace(offset, x.count)
    makeUnique()
    withExtendedLifetime(x) {
      device.backend.addScaled(
        x.unsafePointer, scale: scale, to: unsafeMutablePointer + offset, count: x.count)
    }
  }

  /// Writes the elements of `x` to the flat sequence from `offset` on.
  package mutating func write(_ x: Tensor, at offset: Int) {
    requireSameDevice(x)
    requirePlace(offset, x.count)
    makeUnique()
    withExtendedLifetime(x) {
      device.backend.copy(
        x.unsafePointer, to: unsafeMutablePointer + offset,
        byteCount: x.count * MemoryLayout<Float>.stride)
    }
  }

  /// Inverted dropout: see ``Backend/dropout(_:_:_:count:)``.
  package func dropped(_ key: DropoutKey) -> Tensor {
    let result = Tensor(uninitialized: shape, on: device)
    withExtendedLifetime(self) {
      device.backend.dropout(unsafePointer, key, result.unsafeMutablePointer, count: count)
    }
    return result
  }

  /// The sum of the squares of all elements, in Double.
  package var sumOfSquares: Double {
    withExtendedLifetime(self) { device.backend.sumOfSquares(unsafePointer, count: count) }
  }

  /// Traps unless `count` elements from `offset` on are elements of this tensor.
  func requirePlace(_ offset: Int, _ count: Int) {
    precondition(
      offset >= 0 && count >= 0 && count <= self.count && offset <= self.count - count,
      "\(count) elements from \(offset) on are outside of a tensor of \(self.count)")
  }
}
