import CajalSupport

/// Arithmetic element by element.
///
/// Shapes are aligned at the innermost axis; an axis of extent 1, or that is not there, is
/// stretched. Shapes that do not fit trap. Integers saturate, and their quotients truncate toward
/// zero.
extension Tensor where Scalar: TensorNumeric {
  /// left + right
  public static func + (left: Tensor, right: Tensor) -> Tensor { left.applying(.add, right) }
  /// left - right
  public static func - (left: Tensor, right: Tensor) -> Tensor { left.applying(.subtract, right) }
  /// left · right, element by element
  public static func * (left: Tensor, right: Tensor) -> Tensor { left.applying(.multiply, right) }
  /// left / right, element by element
  public static func / (left: Tensor, right: Tensor) -> Tensor { left.applying(.divide, right) }

  /// The larger of each pair of elements; NaN when either is.
  public func maximum(_ other: Tensor) -> Tensor { applying(.maximum, other) }
  /// The smaller of each pair of elements; NaN when either is.
  public func minimum(_ other: Tensor) -> Tensor { applying(.minimum, other) }
}

extension Tensor where Scalar: TensorNumeric {
  /// Adds `right` to every element.
  public static func + (left: Tensor, right: Scalar) -> Tensor {
    left.affine(scale: 1, offset: right)
  }
  /// Adds `left` to every element.
  public static func + (left: Scalar, right: Tensor) -> Tensor {
    right.affine(scale: 1, offset: left)
  }
  /// Subtracts `right` from every element.
  public static func - (left: Tensor, right: Scalar) -> Tensor {
    left.applying(.subtract, Tensor(right, on: left.device))
  }
  /// Subtracts every element from `left`.
  public static func - (left: Scalar, right: Tensor) -> Tensor {
    Tensor(left, on: right.device).applying(.subtract, right)
  }
  /// Multiplies every element with `right`.
  public static func * (left: Tensor, right: Scalar) -> Tensor {
    // Adding -0, unlike +0, leaves a product of -0 as it is.
    left.affine(scale: right, offset: Scalar(converting: -0.0))
  }
  /// Multiplies every element with `left`.
  public static func * (left: Scalar, right: Tensor) -> Tensor { right * left }
  /// Divides every element by `right`.
  public static func / (left: Tensor, right: Scalar) -> Tensor {
    left.applying(.divide, Tensor(right, on: left.device))
  }
  /// Divides `left` by every element.
  public static func / (left: Scalar, right: Tensor) -> Tensor {
    Tensor(left, on: right.device).applying(.divide, right)
  }

  /// The larger of each element and `bound`; NaN where the element is.
  public func maximum(_ bound: Scalar) -> Tensor {
    applying(.maximum, Tensor(bound, on: device))
  }
  /// The smaller of each element and `bound`; NaN where the element is.
  public func minimum(_ bound: Scalar) -> Tensor {
    applying(.minimum, Tensor(bound, on: device))
  }
  /// Every element, or the nearest end of `range` where it is outside; NaN stays NaN.
  public func clamped(to range: ClosedRange<Scalar>) -> Tensor {
    maximum(range.lowerBound).minimum(range.upperBound)
  }
}

extension Tensor where Scalar: TensorNumeric {
  /// Adds `right`, stretched to this shape.
  public static func += (left: inout Tensor, right: Tensor) { left.apply(.add, right) }
  /// Subtracts `right`, stretched to this shape.
  public static func -= (left: inout Tensor, right: Tensor) { left.apply(.subtract, right) }
  /// Multiplies with `right`, stretched to this shape, element by element.
  public static func *= (left: inout Tensor, right: Tensor) { left.apply(.multiply, right) }
  /// Divides by `right`, stretched to this shape, element by element.
  public static func /= (left: inout Tensor, right: Tensor) { left.apply(.divide, right) }

  /// Adds `right` to every element.
  public static func += (left: inout Tensor, right: Scalar) { left = left + right }
  /// Subtracts `right` from every element.
  public static func -= (left: inout Tensor, right: Scalar) { left = left - right }
  /// Multiplies every element with `right`.
  public static func *= (left: inout Tensor, right: Scalar) { left = left * right }
  /// Divides every element by `right`.
  public static func /= (left: inout Tensor, right: Scalar) { left = left / right }

  /// Applies `operation` in place where the elements are not shared.
  private mutating func apply(_ operation: BinaryOperation, _ right: Tensor) {
    require(
      shape.broadcast(with: right.shape) == shape, "\(right.shape) does not stretch to \(shape)")
    guard isKnownUniquelyReferenced(&storage), let left = asFloat, let other = right.asFloat
    else {
      self = applying(operation, right)
      return
    }
    left.overwrite(by: operation, other)
  }
}

extension Tensor where Scalar: TensorNumeric & SignedNumeric {
  /// The negated elements.
  public static prefix func - (x: Tensor) -> Tensor { x.applying(.negate) }
}
