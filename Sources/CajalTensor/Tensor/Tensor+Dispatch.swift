/// How operations find their way: tensors of Float go through the primitives of their device's
/// backend; the other scalars are brought to the host, computed in Double and converted (integers
/// truncate toward zero and saturate).
extension Tensor {
  /// This tensor as one of Float, sharing the elements, when that is what it is.
  var asFloat: Tensor<Float>? {
    Scalar.self == Float.self ? Tensor<Float>(shape: shape, storage: storage, offset: offset) : nil
  }

  /// The tensor of Float that ``asFloat`` led to, back under its generic name.
  init(_ result: Tensor<Float>) {
    precondition(Scalar.self == Float.self, "only a tensor of Float is one of Float")
    self.init(shape: result.shape, storage: result.storage, offset: result.offset)
  }

  /// Applies `operation` to every element.
  func applying(_ operation: UnaryOperation) -> Tensor {
    guard let x = asFloat else {
      let results = scalars.map { Scalar(converting: operation($0.asDouble)) }
      return Tensor(results, shape: shape, on: device)
    }
    return Tensor(x.applied(operation))
  }

  /// Applies `operation` to this tensor's and another's elements, either stretched as needed.
  func applying(_ operation: BinaryOperation, _ other: Tensor) -> Tensor {
    if let left = asFloat, let right = other.asFloat {
      return Tensor(left.applied(operation, right))
    }
    requireSameDevice(other)
    guard let shape = shape.broadcast(with: other.shape),
      let geometry = BroadcastGeometry(self.shape, other.shape)
    else {
      preconditionFailure("shapes \(self.shape) and \(other.shape) do not broadcast")
    }
    let (left, right) = (scalars, other.scalars)
    return unsafe Tensor(
      [Scalar](unsafeUninitializedCapacity: shape.count) { buffer, initialized in
        forEachElement(geometry.shape, geometry.leftStrides, geometry.rightStrides) { i, l, r in
          let value = operation(left[l].asDouble, right[r].asDouble)
          unsafe buffer.initializeElement(at: i, to: Scalar(converting: value))
        }
        initialized = shape.count
      }, shape: shape, on: device)
  }

  /// `scale * self + offset`
  func affine(scale: Scalar, offset: Scalar) -> Tensor {
    guard let x = asFloat, let scale = scale as? Float, let offset = offset as? Float else {
      let (a, b) = (scale.asDouble, offset.asDouble)
      let results = scalars.map { Scalar(converting: a * $0.asDouble + b) }
      return Tensor(results, shape: shape, on: device)
    }
    return Tensor(x.scaled(by: scale, plus: offset))
  }

  /// The elements that `strides` picks, from element `start` on, as a new tensor of `shape`.
  func strided(_ shape: Shape, strides: [Int], start: Int = 0) -> Tensor {
    if let x = asFloat { return Tensor(x.picked(shape, strides: strides, start: start)) }
    let source = scalars
    return unsafe Tensor(
      [Scalar](unsafeUninitializedCapacity: shape.count) { buffer, initialized in
        forEachElement(shape.dimensions, strides, strides) { i, from, _ in
          unsafe buffer.initializeElement(at: i, to: source[start + from])
        }
        initialized = shape.count
      }, shape: shape, on: device)
  }

  /// Traps when another operand is on another device.
  func requireSameDevice<Other>(_ other: Tensor<Other>) {
    precondition(
      device == other.device,
      "operands are on one device, not on \(device) and \(other.device): copy one of them")
  }
}
