import CajalSupport
import COpenBLAS

extension Tensor where Scalar: TensorFloatingPoint {
  /// The matrix product along the last two axes: `[…, n, k] · […, k, m]` is `[…, n, m]`.
  ///
  /// Leading axes are a batch and broadcast; a single matrix is used for every product and not
  /// copied. A vector on the left is a row, `[k] · […, k, m]` is `[…, m]`; one on the right is a
  /// column, `[…, n, k] · [k]` is `[…, n]`. `transposingSelf` and `transposingOther` read a matrix
  /// as its transpose, at no cost.
  public func matmul(
    _ other: Tensor, transposingSelf: Bool = false, transposingOther: Bool = false
  ) -> Tensor {
    requireSameDevice(other)
    if rank == 1, !transposingSelf {
      let product = expanded(axis: 0).matmul(other, transposingOther: transposingOther)
      return product.squeezed(axis: other.rank == 1 ? 0 : -2)
    }
    if other.rank == 1, !transposingOther {
      return matmul(other.expanded(axis: 1), transposingSelf: transposingSelf).squeezed(axis: -1)
    }
    if let (left, right) = withEqualBatches(other) {
      return left.matmul(
        right, transposingSelf: transposingSelf, transposingOther: transposingOther)
    }
    var (geometry, lead) = productGeometry(other, transposingSelf, transposingOther)
    let shape = Shape(lead + [geometry.rows, geometry.columns])
    if geometry.rightBatchStride == 0 && !transposingSelf {
      // One matrix for all: the batch is nothing but more rows.
      geometry.rows *= geometry.batch
      geometry.batch = 1
    }
    if let left = asFloat, let right = other.asFloat {
      var result = Tensor<Float>(uninitialized: shape, on: device)
      result.storeProduct(left, right, geometry)
      return Tensor(result)
    }
    let products = doubleProducts(
      scalars.map(\.asDouble), other.scalars.map(\.asDouble), geometry)
    return Tensor(products.map { Scalar(converting: $0) }, shape: shape, on: device)
  }

  /// Both operands with the batch that theirs broadcast to, or `nil` where they are multiplied as
  /// they are.
  private func withEqualBatches(_ other: Tensor) -> (Tensor, Tensor)? {
    guard rank > 2, other.rank > 2 else { return nil }
    let left = Shape(shape.dimensions.dropLast(2))
    let right = Shape(other.shape.dimensions.dropLast(2))
    guard left != right, let batch = left.broadcast(with: right) else { return nil }
    return (
      broadcast(to: Shape(batch.dimensions + shape.dimensions.suffix(2))),
      other.broadcast(to: Shape(batch.dimensions + other.shape.dimensions.suffix(2)))
    )
  }

  /// The geometry of a product and the axes of its batch; traps when the shapes do not fit.
  private func productGeometry(
    _ other: Tensor, _ transposesLeft: Bool, _ transposesRight: Bool
  ) -> (MatrixProductGeometry, lead: [Int]) {
    require(
      rank >= 2 && other.rank >= 2, "no matrix product of \(shape) and \(other.shape)")
    let (rows, inner) = transposesLeft ? (shape[-1], shape[-2]) : (shape[-2], shape[-1])
    let (otherInner, columns) =
      transposesRight ? (other.shape[-1], other.shape[-2]) : (other.shape[-2], other.shape[-1])
    let leftLead = Array(shape.dimensions.dropLast(2))
    let rightLead = Array(other.shape.dimensions.dropLast(2))
    require(
      inner == otherInner && (leftLead == rightLead || leftLead.isEmpty || rightLead.isEmpty),
      """
      no matrix product of \(shape)\(transposesLeft ? " transposed" : "") and \
      \(other.shape)\(transposesRight ? " transposed" : "")
      """)
    let lead = leftLead.isEmpty ? rightLead : leftLead
    var geometry = MatrixProductGeometry(rows: rows, inner: inner, columns: columns)
    geometry.transposesLeft = transposesLeft
    geometry.transposesRight = transposesRight
    geometry.batch = lead.reduce(1, *)
    geometry.leftBatchStride = leftLead.isEmpty ? 0 : rows * inner
    geometry.rightBatchStride = rightLead.isEmpty ? 0 : inner * columns
    return (geometry, lead)
  }
}

/// The products in Double, by BLAS on the host.
private func doubleProducts(
  _ left: [Double], _ right: [Double], _ geometry: MatrixProductGeometry
) -> [Double] {
  let (rows, inner, columns) = (geometry.rows, geometry.inner, geometry.columns)
  var result = [Double](repeating: 0, count: geometry.batch * rows * columns)
  guard inner > 0, !result.isEmpty else { return result }
  unsafe left.withUnsafeBufferPointer { a in
    unsafe right.withUnsafeBufferPointer { b in
      unsafe result.withUnsafeMutableBufferPointer { c in
        for batch in 0..<geometry.batch {
          unsafe cblas_dgemm(
            CblasRowMajor, geometry.transposesLeft ? CblasTrans : CblasNoTrans,
            geometry.transposesRight ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns),
            blasint(inner), 1, a.baseAddress! + batch * geometry.leftBatchStride,
            blasint(geometry.transposesLeft ? rows : inner),
            b.baseAddress! + batch * geometry.rightBatchStride,
            blasint(geometry.transposesRight ? inner : columns), 0,
            c.baseAddress! + batch * rows * columns, blasint(columns))
        }
      }
    }
  }
  return result
}
