/// Errors from linear algebra: a matrix has no solution, factor or decomposition.
public enum LinearAlgebraError: Error, Hashable {
  /// The matrix has no inverse in the arithmetic's precision: its reciprocal condition number is
  /// below 2⁻⁵² (0 where elimination met a pivot of exactly 0).
  case singular(operation: String, size: Int, reciprocalCondition: Double)
  /// The leading minor of this order, counted from 1, is not positive.
  case notPositiveDefinite(operation: String, size: Int, minor: Int)
  /// The iteration left this many values that it did not find.
  case notConverged(operation: String, remaining: Int)
  /// The element at this row and column is infinite or NaN.
  case notFinite(operation: String, row: Int, column: Int)
}

extension LinearAlgebraError: CustomStringConvertible {
  /// One line: the operation, the reason and the place.
  public var description: String {
    switch self {
    case .singular(let operation, let size, let condition):
      """
      \(operation): the \(size) × \(size) matrix is singular (reciprocal condition number \
      \(condition)); use svd() for a least-squares solution
      """
    case .notPositiveDefinite(let operation, let size, let minor):
      """
      \(operation): the \(size) × \(size) matrix is not positive definite (its leading minor of \
      order \(minor)); use symmetricEigen() instead
      """
    case .notConverged(let operation, let remaining):
      "\(operation): the iteration did not converge (\(remaining) values are missing)"
    case .notFinite(let operation, let row, let column):
      "\(operation): the element at row \(row), column \(column) is not a finite number"
    }
  }
}
