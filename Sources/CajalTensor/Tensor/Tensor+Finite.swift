extension Tensor where Scalar == Float {
  /// Whether no element is infinite or NaN. One pass over the elements.
  public var isFinite: Bool {
    // The squares of finite floats, and their sum, are far from the largest Double.
    sumOfSquares.isFinite
  }
}
