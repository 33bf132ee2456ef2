import CajalSupport
import CajalTensor

/// How a parameter's values are first drawn.
public enum Initializer: Sendable, Hashable {
  /// All the same.
  case constant(Float)
  /// These, row by row: as many as the parameter has.
  case values([Float])
  /// Uniform in ± √(3 · gain / ((fanIn + fanOut) / 2)), tensor2tensor's `uniform_unit_scaling`. The
  /// fans are the last two extents, times the product of the ones before.
  case uniformUnitScaling(gain: Float)
  /// Normal with mean 0.
  case normal(standardDeviation: Float)
}

extension Initializer {
  /// Draws a parameter of the given shape from a random sequence.
  func values(shape: Shape, key: RandomKey) -> [Float] {
    switch self {
    case .constant(let value): return [Float](repeating: value, count: shape.count)
    case .values(let values):
      require(
        values.count == shape.count, "\(values.count) values do not fill a parameter of \(shape)")
      return values
    case .normal(let standardDeviation):
      return Tensor<Float>(
        randomNormal: shape, mean: 0, standardDeviation: standardDeviation, key: key
      ).scalars
    case .uniformUnitScaling(let gain):
      let limit = Self.unitScalingLimit(shape: shape, gain: gain)
      guard limit > 0 else { return [Float](repeating: 0, count: shape.count) }
      return Tensor<Float>(randomUniform: shape, low: -limit, high: limit, key: key).scalars
    }
  }

  static func unitScalingLimit(shape: Shape, gain: Float) -> Float {
    guard shape.rank > 1 else { return (3 * gain / Float(max(shape.count, 1))).squareRoot() }
    let window = shape.dimensions.dropLast(2).reduce(1, *)
    let fans = Float(window * (shape[-2] + shape[-1])) / 2
    return (3 * gain / fans).squareRoot()
  }
}
