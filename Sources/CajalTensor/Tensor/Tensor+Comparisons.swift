/// Comparisons element by element. Shapes broadcast as in arithmetic; NaN is neither less than,
/// equal to nor greater than anything.
extension Tensor where Scalar: TensorNumeric {
  /// Where left < right.
  public static func .< (left: Tensor, right: Tensor) -> Tensor<Bool> {
    left.compared(.less, right)
  }
  /// Where left ≤ right.
  public static func .<= (left: Tensor, right: Tensor) -> Tensor<Bool> {
    left.compared(.lessOrEqual, right)
  }
  /// Where left > right.
  public static func .> (left: Tensor, right: Tensor) -> Tensor<Bool> {
    left.compared(.greater, right)
  }
  /// Where left ≥ right.
  public static func .>= (left: Tensor, right: Tensor) -> Tensor<Bool> {
    left.compared(.greaterOrEqual, right)
  }

  /// Where an element is < `right`.
  public static func .< (left: Tensor, right: Scalar) -> Tensor<Bool> {
    left.compared(.less, Tensor(right, on: left.device))
  }
  /// Where an element is ≤ `right`.
  public static func .<= (left: Tensor, right: Scalar) -> Tensor<Bool> {
    left.compared(.lessOrEqual, Tensor(right, on: left.device))
  }
  /// Where an element is > `right`.
  public static func .> (left: Tensor, right: Scalar) -> Tensor<Bool> {
    left.compared(.greater, Tensor(right, on: left.device))
  }
  /// Where an element is ≥ `right`.
  public static func .>= (left: Tensor, right: Scalar) -> Tensor<Bool> {
    left.compared(.greaterOrEqual, Tensor(right, on: left.device))
  }

  private func compared(_ comparison: Comparison, _ other: Tensor) -> Tensor<Bool> {
    if let left = asFloat, let right = other.asFloat {
      return left.combined(right) { comparison($0, $1) }
    }
    return combined(other) { comparison($0, $1) }
  }
}

private enum Comparison {
  case less, lessOrEqual, greater, greaterOrEqual

  func callAsFunction<Value: Comparable>(_ a: Value, _ b: Value) -> Bool {
    switch self {
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    }
  }
}

extension Tensor {
  /// Where the elements are equal.
  public static func .== (left: Tensor, right: Tensor) -> Tensor<Bool> {
    if let left = left.asFloat, let right = right.asFloat { return left.combined(right, ==) }
    return left.combined(right, ==)
  }
  /// Where the elements differ; NaN differs from everything.
  public static func .!= (left: Tensor, right: Tensor) -> Tensor<Bool> {
    if let left = left.asFloat, let right = right.asFloat { return left.combined(right, !=) }
    return left.combined(right, !=)
  }
  /// Where an element is `right`.
  public static func .== (left: Tensor, right: Scalar) -> Tensor<Bool> {
    left .== Tensor(right, on: left.device)
  }
  /// Where an element is not `right`.
  public static func .!= (left: Tensor, right: Scalar) -> Tensor<Bool> {
    left .!= Tensor(right, on: left.device)
  }
}
