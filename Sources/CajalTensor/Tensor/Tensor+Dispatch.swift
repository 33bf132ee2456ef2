import CajalSupport

/// How operations find their way: tensors of Float go through the primitives of their device's
/// backend; the other scalars are computed on the host, floating-point numbers in Double and
/// integers in Int64, and then rounded or saturated to their type.
extension Tensor {
  /// This tensor as one of Float, sharing the elements, when that is what it is.
  var asFloat: Tensor<Float>? {
    Scalar.self == Float.self ? Tensor<Float>(shape: shape, storage: storage, offset: offset) : nil
  }

  /// The tensor of Float that ``asFloat`` led to, back under its generic name.
  init(_ result: Tensor<Float>) {
    require(Scalar.self == Float.self, "only a tensor of Float is one of Float")
    self.init(shape: result.shape, storage: result.storage, offset: result.offset)
  }

  /// Traps when another operand is on another device.
  func requireSameDevice<Other>(_ other: Tensor<Other>) {
    require(
      device == other.device,
      "operands are on one device, not on \(device) and \(other.device): copy one of them")
  }

  /// The elements that `strides` picks, from element `start` on, as a new tensor of `shape`.
  func strided(_ shape: Shape, strides: [Int], start: Int = 0) -> Tensor {
    if let x = asFloat { return Tensor(x.picked(shape, strides: strides, start: start)) }
    let results = withSpan { source in
      var results: [Scalar] = []
      results.reserveCapacity(shape.count)
      forEachElement(shape.dimensions, strides, strides) { _, from, _ in
        results.append(source[start + from])
      }
      return results
    }
    return Tensor(results, shape: shape, on: device)
  }
}

extension Tensor {
  /// Applies `operation` to every element.
  func applying(_ operation: UnaryOperation) -> Tensor {
    if let x = asFloat { return Tensor(x.applied(operation)) }
    return Scalar.scalarType.isInteger
      ? mapped { Scalar(converting: operation($0.asInt64)) }
      : mapped { Scalar(converting: operation($0.asDouble)) }
  }

  /// Applies `operation` to this tensor's and another's elements, either stretched as needed.
  func applying(_ operation: BinaryOperation, _ other: Tensor) -> Tensor {
    if let left = asFloat, let right = other.asFloat {
      return Tensor(left.applied(operation, right))
    }
    return Scalar.scalarType.isInteger
      ? combined(other) { Scalar(converting: operation($0.asInt64, $1.asInt64)) }
      : combined(other) { Scalar(converting: operation($0.asDouble, $1.asDouble)) }
  }

  /// `scale * self + offset`
  func affine(scale: Scalar, offset: Scalar) -> Tensor {
    if let x = asFloat, let scale = scale as? Float, let offset = offset as? Float {
      return Tensor(x.scaled(by: scale, plus: offset))
    }
    if Scalar.scalarType.isInteger {
      let (a, b) = (scale.asInt64, offset.asInt64)
      return mapped {
        Scalar(converting: BinaryOperation.add(BinaryOperation.multiply(a, $0.asInt64), b))
      }
    }
    let (a, b) = (scale.asDouble, offset.asDouble)
    return mapped { Scalar(converting: a * $0.asDouble + b) }
  }
}
