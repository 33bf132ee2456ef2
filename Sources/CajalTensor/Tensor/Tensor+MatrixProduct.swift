import COpenBLAS

extension Tensor where Scalar: BinaryFloatingPoint {
  /// The matrix product along the last two axes: `[…, n, k] · […, k, m]` is `[…, n, m]`.
  ///
  /// Leading axes are a batch: equal on both sides, or one side is a single matrix that every
  /// product uses. `transposingSelf` and `transposingOther` read the operand as its transpose, at
  /// no cost.
  public func matmul(
    _ other: Tensor, transposingSelf: Bool = false, transposingOther: Bool = false
  ) -> Tensor {
    requireSameDevice(other)
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

  /// The geometry of a product and the axes of its batch; traps when the shapes do not fit.
  private func productGeometry(
    _ other: Tensor, _ transposesLeft: Bool, _ transposesRight: Bool
  ) -> (MatrixProductGeometry, lead: [Int]) {
    precondition(
      rank >= 2 && other.rank >= 2, "no matrix product of \(shape) and \(other.shape)")
    let (rows, inner) = transposesLeft ? (shape[-1], shape[-2]) : (shape[-2], shape[-1])
    let (otherInner, columns) =
      transposesRight ? (other.shape[-1], other.shape[-2]) : (other.shape[-2], other.shape[-1])
    let leftLead = Array(shape.dimensions.dropLast(2))
    let rightLead = Array(other.shape.dimensions.dropLast(2))
    precondition(
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
