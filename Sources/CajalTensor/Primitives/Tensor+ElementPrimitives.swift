import CajalSupport

// Element by element. Results are new tensors; what is written in place is copied first if it
// is shared.

extension Tensor<Float> {
  /// Applies a function to every element.
  package func applied(_ operation: UnaryOperation) -> Tensor {
    let result = Tensor(uninitialized: shape, on: device)
    device.backend.unary(operation, buffer, result.buffer, count: count)
    return result
  }

  /// Applies a function to this tensor's and another's elements, either stretched as needed; traps
  /// where the shapes do not broadcast.
  package func applied(_ operation: BinaryOperation, _ other: Tensor) -> Tensor {
    requireSameDevice(other)
    guard let shape = shape.broadcast(with: other.shape),
      let geometry = BroadcastGeometry(self.shape, other.shape)
    else { requirementFailure("shapes \(self.shape) and \(other.shape) do not broadcast") }
    let result = Tensor(uninitialized: shape, on: device)
    device.backend.binary(operation, buffer, other.buffer, result.buffer, geometry)
    return result
  }

  /// Applies a function to this matrix' and another's elements, `[rows, width]`, and adds the sums of
  /// the result's columns to the elements of `sums` from `offset` on.
  package func applied(
    _ operation: BinaryOperation, _ other: Tensor, addingColumnSumsTo sums: inout Tensor,
    at offset: Int
  ) -> Tensor {
    requireSameForm(other)
    let width = shape[-1]
    requireSameDevice(sums)
    sums.requirePlace(offset, width)
    let result = Tensor(uninitialized: shape, on: device)
    sums.makeUnique()
    device.backend.binary(
      operation, buffer, other.buffer, result.buffer,
      addingColumnSumsTo: sums.buffer.advanced(by: offset), rows: width == 0 ? 0 : count / width,
      width: width)
    return result
  }

  /// Adds the sums of the columns of a matrix, `x` without all axes but the last, to the elements from
  /// `offset` on.
  package mutating func addColumnSums(of x: Tensor, at offset: Int) {
    let width = x.shape[-1]
    requireSameDevice(x)
    requirePlace(offset, width)
    makeUnique()
    device.backend.addColumnSums(
      of: x.buffer, to: buffer.advanced(by: offset), rows: width == 0 ? 0 : x.count / width,
      width: width)
  }

  /// `scale · self + offset`, in one pass.
  public func scaled(by scale: Float, plus offset: Float = 0) -> Tensor {
    let result = Tensor(uninitialized: shape, on: device)
    device.backend.affine(buffer, scale: scale, offset: offset, result.buffer, count: count)
    return result
  }

  /// Reduces `axes` neighboring axes from `axis` on, which the result lacks.
  package func reduced(_ operation: ReduceOperation, axis: Int, count axes: Int) -> Tensor {
    require(
      axis >= 0 && axes >= 0 && axis + axes <= rank,
      "\(axes) axes from \(axis) on are not in shape \(shape)")
    let dimensions = shape.dimensions
    let (outer, inner) = (dimensions[..<axis], dimensions[(axis + axes)...])
    let result = Tensor(uninitialized: Shape(Array(outer + inner)), on: device)
    device.backend.reduce(
      operation, buffer, result.buffer, outer: outer.reduce(1, *),
      length: dimensions[axis..<(axis + axes)].reduce(1, *), inner: inner.reduce(1, *))
    return result
  }

  /// Zeros of `shape` with this tensor at `range` of `axis`.
  package func embedded(at range: Range<Int>, axis: Int, of shape: Shape) -> Tensor {
    require(
      self.shape == shape.replacing(axis: axis, with: range.count) && range.lowerBound >= 0
        && range.upperBound <= shape[axis],
      "\(self.shape) is not \(range) of axis \(axis) of \(shape)")
    let result = Tensor(zeros: shape, on: device)
    let (outer, length, inner) = shape.split(at: axis)
    let run = range.count * inner
    device.backend.copyRows(
      buffer, stride: run, to: result.buffer.advanced(by: range.lowerBound * inner),
      resultStride: length * inner, rows: outer, width: run)
    return result
  }

  /// Zeros, which the device itself writes.
  package init(zeros shape: Shape, on device: Device) {
    self.init(filled: shape, with: 0, on: device)
  }

  /// A tensor with every element `value`, which the device itself writes.
  init(filled shape: Shape, with value: Float, on device: Device) {
    self.init(uninitialized: shape, on: device)
    device.backend.fill(buffer, with: value, count: shape.count)
  }

  /// Zeros, for large tensors: throws where there is no memory for them.
  public init(
    allocatingZeros shape: Shape, on device: Device = .cpu
  ) throws(AllocationError) {
    try self.init(allocating: shape, on: device)
    device.backend.fill(buffer, with: 0, count: shape.count)
  }

  /// Sets every element to `value`.
  package mutating func fill(with value: Float) {
    makeUnique()
    device.backend.fill(buffer, with: value, count: count)
  }

  /// Sets elements `range` of the flat sequence to `value`.
  package mutating func fill(_ range: Range<Int>, with value: Float) {
    requirePlace(range.lowerBound, range.count)
    makeUnique()
    device.backend.fill(buffer.advanced(by: range.lowerBound), with: value, count: range.count)
  }

  /// Adds `scale · x` to the elements of the flat sequence from `offset` on.
  package mutating func add(_ x: Tensor, scale: Float = 1, at offset: Int = 0) {
    requireSameDevice(x)
    requirePlace(offset, x.count)
    makeUnique()
    device.backend.addScaled(
      x.buffer, scale: scale, to: buffer.advanced(by: offset), count: x.count)
  }

  /// Writes the elements of `x` to the flat sequence from `offset` on.
  package mutating func write(_ x: Tensor, at offset: Int) {
    requireSameDevice(x)
    requirePlace(offset, x.count)
    makeUnique()
    device.backend.copy(x.buffer, to: buffer.advanced(by: offset), count: x.count)
  }

  /// Overwrites these elements, which are not shared, with a function of them and of another
  /// tensor's elements, stretched to this shape.
  func overwrite(by operation: BinaryOperation, _ other: Tensor) {
    requireSameDevice(other)
    guard shape.broadcast(with: other.shape) == shape,
      let geometry = BroadcastGeometry(shape, other.shape)
    else { requirementFailure("\(other.shape) does not stretch to \(shape)") }
    device.backend.binary(operation, buffer, other.buffer, buffer, geometry)
  }

  /// Inverted dropout: see ``Backend/dropout(_:_:_:count:)``.
  package func dropped(_ key: DropoutKey) -> Tensor {
    let result = Tensor(uninitialized: shape, on: device)
    device.backend.dropout(buffer, key, result.buffer, count: count)
    return result
  }

  /// The sum of ``dropped(_:)`` and a residual of the same shape.
  package func dropped(_ key: DropoutKey, addedTo residual: Tensor) -> Tensor {
    requireSameForm(residual)
    let result = Tensor(uninitialized: shape, on: device)
    device.backend.addDropout(
      buffer, key, to: residual.buffer, result.buffer, count: count)
    return result
  }

  /// The sum of the squares of all elements, in Double: a tensor without axes.
  package func sumOfSquaresTensor() -> Tensor<Double> {
    let result = Tensor<Double>(uninitialized: [], on: device)
    device.backend.sumOfSquares(buffer, result.buffer, count: count)
    return result
  }

  /// The sum of the squares of all elements, in Double. Waits for the device.
  package var sumOfSquares: Double { sumOfSquaresTensor().scalar }

  /// Traps unless `count` elements from `offset` on are elements of this tensor.
  func requirePlace(_ offset: Int, _ count: Int) {
    require(
      offset >= 0 && count >= 0 && count <= self.count && offset <= self.count - count,
      "\(count) elements from \(offset) on are outside of a tensor of \(self.count)")
  }
}
