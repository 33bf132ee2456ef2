import Foundation

extension UnaryOperation {
  /// The function in Double; NaN gives NaN.
  func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .negate: -x
    case .absolute: abs(x)
    case .square: x * x
    case .squareRoot: x.squareRoot()
    case .reciprocal: 1 / x
    case .exponential: exp(x)
    case .logarithm: log(x)
    case .relu: x < 0 ? 0 : x
    case .sigmoid: 1 / (1 + exp(-x))
    case .hyperbolicTangent: tanh(x)
    case .softplus: (x < 0 ? 0 : x) + log1p(exp(-abs(x)))
    case .gelu: x * normalDistribution(x)
    case .silu: x / (1 + exp(-x))
    }
  }
}

/// Φ(x): the probability that a normal number is below x.
private func normalDistribution(_ x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }

extension BinaryOperation {
  /// The function in Double; the larger and the smaller of anything and NaN are NaN.
  func callAsFunction(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .maximum: a > b || a.isNaN ? a : b
    case .minimum: a < b || a.isNaN ? a : b
    case .whereSecondPositive: b > 0 ? a : 0
    case .geluGradient:
      a * (normalDistribution(b) + b * exp(-b * b / 2) / (2 * Double.pi).squareRoot())
    case .siluGradient: a * (1 + b * exp(-b) / (1 + exp(-b))) / (1 + exp(-b))
    }
  }
}

extension ReferenceBackend {
  /// `result[i] = operation(x[i])`
  package func unary(
    _ operation: UnaryOperation, _ x: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in 0..<count { unsafe result[i] = unsafe Float(operation(Double(x[i]))) }
  }

  /// `result = operation(left, right)` over a broadcast shape.
  package func binary(
    _ operation: BinaryOperation, _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, _ geometry: BroadcastGeometry
  ) {
    forEachElement(geometry.shape, geometry.leftStrides, geometry.rightStrides) { i, l, r in
      unsafe result[i] = unsafe Float(operation(Double(left[l]), Double(right[r])))
    }
  }

  /// `result[i] = scale * x[i] + offset`
  package func affine(
    _ x: UnsafePointer<Float>, scale: Float, offset: Float,
    _ result: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in 0..<count {
      unsafe result[i] = unsafe Float(Double(scale) * Double(x[i]) + Double(offset))
    }
  }

  /// `result[i] += scale * x[i]`
  package func addScaled(
    _ x: UnsafePointer<Float>, scale: Float, to result: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in 0..<count {
      unsafe result[i] = unsafe Float(Double(result[i]) + Double(scale) * Double(x[i]))
    }
  }
}

/// Visits the elements of `shape` in row-major order with the offset of each in the result and in
/// two operands that are walked with the given strides.
func forEachElement(
  _ shape: [Int], _ leftStrides: [Int], _ rightStrides: [Int],
  _ body: (_ result: Int, _ left: Int, _ right: Int) -> Void
) {
  let count = shape.reduce(1, *)
  var position = [Int](repeating: 0, count: shape.count)
  var left = 0
  var right = 0
  for index in 0..<count {
    body(index, left, right)
    for axis in shape.indices.reversed() {
      position[axis] += 1
      left += leftStrides[axis]
      right += rightStrides[axis]
      if position[axis] < shape[axis] { break }
      left -= leftStrides[axis] * shape[axis]
      right -= rightStrides[axis] * shape[axis]
      position[axis] = 0
    }
  }
}
