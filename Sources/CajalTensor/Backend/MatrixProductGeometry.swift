/// A (batched) matrix product `result = activation(left · right + bias) (+ result)`.
package struct MatrixProductGeometry: Sendable, Hashable {
  /// Rows of the result, the summed extent, columns of the result.
  package var rows: Int, inner: Int, columns: Int
  /// The left operand is stored `[inner, rows]`.
  package var transposesLeft = false
  /// The right operand is stored `[columns, inner]`.
  package var transposesRight = false
  /// How many products there are, each a matrix further on in each buffer.
  package var batch = 1
  /// Elements from one matrix of a batch to the next; 0 uses one matrix for all.
  package var leftBatchStride = 0, rightBatchStride = 0
  /// Adds to what the result holds instead of overwriting it. Not with bias or activation.
  package var accumulates = false
  /// Applied last. A bias has one number per column.
  package var activation = Activation.identity

  /// A single product of `[rows, inner]` and `[inner, columns]`.
  package init(rows: Int, inner: Int, columns: Int) {
    self.rows = rows
    self.inner = inner
    self.columns = columns
  }
}
