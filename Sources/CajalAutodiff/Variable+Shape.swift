public import CajalTensor

extension Variable {
  /// The same elements under another shape of the same count.
  public func reshaped(_ shape: Shape) -> Variable {
    tape.record(value.reshaped(shape), from: [self]) { [x = operand] tape, gradient in
      tape.accumulate(gradient.reshaped(x.shape), to: x)
    }
  }

  /// Axis `i` of the result is axis `axes[i]` of this variable.
  public func permuted(_ axes: [Int]) -> Variable {
    precondition(axes.sorted() == Array(0..<shape.rank), "\(axes) does not permute \(shape)")
    let inverse = axes.indices.sorted { axes[$0] < axes[$1] }
    return tape.record(Self.permute(value, axes), from: [self]) { [x = operand] tape, gradient in
      tape.accumulate(Self.permute(gradient, inverse), to: x)
    }
  }

  /// Elements `range` of `axis`.
  public func sliced(_ range: Range<Int>, axis: Int) -> Variable {
    let axis = shape.normalized(axis)
    precondition(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "cannot take \(range) of axis \(axis) of \(shape)")
    return tape.record(Self.slice(value, range, axis: axis), from: [self]) {
      [x = operand] tape, gradient in
      tape.overwriteGradient(of: x) { target in
        Self.scatter(gradient, range, axis: axis, of: x.shape, to: target)
      }
    }
  }

  private static func slice(_ x: Tensor<Float>, _ range: Range<Int>, axis: Int) -> Tensor<Float> {
    var dimensions = x.shape.dimensions
    dimensions[axis] = range.count
    let inner = dimensions[(axis + 1)...].reduce(1, *)
    let result = Tensor<Float>(uninitialized: Shape(dimensions), on: x.device)
    x.device.backend.stridedCopy(
      x.unsafePointer + range.lowerBound * inner, result.unsafeMutablePointer,
      shape: dimensions, strides: x.shape.strides)
    return result
  }

  /// The variables one after the other along `axis`; their other axes agree.
  public static func concatenate(_ parts: [Variable], axis: Int) -> Variable {
    precondition(!parts.isEmpty, "nothing to concatenate")
    let first = parts[0]
    let axis = first.shape.normalized(axis)
    let value = join(parts.map(\.value), axis: axis)
    return first.tape.record(value, from: parts) {
      [parts = parts.map(\.operand)] tape, gradient in
      var start = 0
      for part in parts {
        let range = start..<(start + part.shape[axis])
        if part.needsGradient {
          tape.accumulate(slice(gradient, range, axis: axis), to: part)
        }
        start = range.upperBound
      }
    }
  }

  private static func join(_ parts: [Tensor<Float>], axis: Int) -> Tensor<Float> {
    var dimensions = parts[0].shape.dimensions
    for part in parts.dropFirst() {
      dimensions[axis] = part.shape[axis]
      precondition(
        part.shape.dimensions == dimensions,
        "cannot concatenate \(parts[0].shape) and \(part.shape) along axis \(axis)")
    }
    dimensions[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    let result = Tensor<Float>(uninitialized: Shape(dimensions), on: parts[0].device)
    let inner = dimensions[(axis + 1)...].reduce(1, *)
    var target = result.unsafeMutablePointer
    for index in 0..<dimensions[..<axis].reduce(1, *) {
      for part in parts {
        let run = part.shape[axis] * inner
        part.device.backend.copy(
          part.unsafePointer + index * run, to: target,
          byteCount: run * MemoryLayout<Float>.stride)
        target += run
      }
    }
    return result
  }

  private static func permute(_ x: Tensor<Float>, _ axes: [Int]) -> Tensor<Float> {
    let strides = x.shape.strides
    let dimensions = axes.map { x.shape[$0] }
    let result = Tensor<Float>(uninitialized: Shape(dimensions), on: x.device)
    x.device.backend.stridedCopy(
      x.unsafePointer, result.unsafeMutablePointer, shape: dimensions,
      strides: axes.map { strides[$0] })
    return result
  }

  /// Writes zeros of `shape` with `part` at `range` of `axis`.
  private static func scatter(
    _ part: Tensor<Float>, _ range: Range<Int>, axis: Int, of shape: Shape,
    to target: UnsafeMutablePointer<Float>
  ) {
    let backend = part.device.backend
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    let outer = shape.dimensions[..<axis].reduce(1, *)
    let run = range.count * inner
    backend.fill(target, with: 0, count: shape.count)
    for index in 0..<outer where run > 0 {
      backend.copy(
        part.unsafePointer + index * run,
        to: target + index * shape[axis] * inner + range.lowerBound * inner,
        byteCount: run * MemoryLayout<Float>.stride)
    }
  }
}
