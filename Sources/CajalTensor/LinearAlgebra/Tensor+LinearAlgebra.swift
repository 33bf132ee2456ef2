import CajalSupport
import CLAPACKE

/// Linear algebra on matrices by LAPACK, in Double on the host, for tensors of Float as well.
extension Tensor where Scalar: TensorFloatingPoint {
  /// The x with `self · x = b`, by elimination with row exchanges.
  ///
  /// This tensor is `[n, n]`; `b` is `[n]` or `[n, m]`, and so is x.
  public func solve(_ b: Tensor) throws(LinearAlgebraError) -> Tensor {
    let n = requireSquare("solve")
    require(
      b.rank >= 1 && b.rank <= 2 && b.shape[0] == n,
      "no right side of shape \(b.shape) for \(shape)")
    requireSameDevice(b)
    var matrix = try finiteElements("solve")
    var x = try b.finiteElements("solve (right side)")
    guard n > 0, b.count > 0 else { return b }
    let size = Int32(n)
    let columns = Int32(b.count / n)
    var pivots = [Int32](repeating: 0, count: n)
    let norm = unsafe LAPACKE_dlange(LAPACK_ROW_MAJOR, oneNorm, size, size, matrix, size)
    let zeroPivot = unsafe LAPACKE_dgetrf(LAPACK_ROW_MAJOR, size, size, &matrix, size, &pivots)
    var condition = 0.0
    if zeroPivot == 0 {
      _ = unsafe LAPACKE_dgecon(LAPACK_ROW_MAJOR, oneNorm, size, matrix, size, norm, &condition)
    }
    guard condition >= Double.ulpOfOne else {
      throw .singular(operation: "solve", size: n, reciprocalCondition: condition)
    }
    _ = unsafe LAPACKE_dgetrs(
      LAPACK_ROW_MAJOR, asStored, size, columns, matrix, size, pivots, &x, columns)
    return converted(x, shape: b.shape)
  }

  /// The lower triangular L with `L · Lᵀ = self`, for a symmetric positive definite `[n, n]`.
  ///
  /// Only the lower triangle is read.
  public func cholesky() throws(LinearAlgebraError) -> Tensor {
    let n = requireSquare("cholesky")
    var matrix = try finiteElements("cholesky")
    guard n > 0 else { return self }
    let minor = unsafe LAPACKE_dpotrf(LAPACK_ROW_MAJOR, lowerPart, Int32(n), &matrix, Int32(n))
    guard minor == 0 else {
      throw .notPositiveDefinite(operation: "cholesky", size: n, minor: Int(minor))
    }
    for row in 0..<n {
      for column in row + 1..<Swift.max(n, row + 1) { matrix[row * n + column] = 0 }
    }
    return converted(matrix, shape: shape)
  }

  /// The Q with orthonormal columns and the upper triangular R with `Q · R = self`.
  ///
  /// For `[n, m]` with `k = min(n, m)`, Q is `[n, k]` and R is `[k, m]`.
  public func qr() throws(LinearAlgebraError) -> (q: Tensor, r: Tensor) {
    let (n, m) = requireMatrix("qr")
    let k = Swift.min(n, m)
    var matrix = try finiteElements("qr")
    guard k > 0 else {
      return (converted([], shape: [n, k]), converted([], shape: [k, m]))
    }
    var factors = [Double](repeating: 0, count: k)
    _ = unsafe LAPACKE_dgeqrf(
      LAPACK_ROW_MAJOR, Int32(n), Int32(m), &matrix, Int32(m), &factors)
    var r = [Double](repeating: 0, count: k * m)
    for row in 0..<k {
      for column in row..<m { r[row * m + column] = matrix[row * m + column] }
    }
    _ = unsafe LAPACKE_dorgqr(
      LAPACK_ROW_MAJOR, Int32(n), Int32(k), Int32(k), &matrix, Int32(m), factors
    )
    let q = (0..<n).flatMap { matrix[$0 * m..<$0 * m + k] }
    return (converted(q, shape: [n, k]), converted(r, shape: [k, m]))
  }

  /// The singular value decomposition `U · diag(s) · Vᵀ = self`, with s descending.
  ///
  /// For `[n, m]` with `k = min(n, m)`, U is `[n, k]`, s is `[k]` and Vᵀ is `[k, m]`.
  public func svd() throws(LinearAlgebraError) -> (
    u: Tensor, singularValues: Tensor, vTransposed: Tensor
  ) {
    let (n, m) = requireMatrix("svd")
    let k = Swift.min(n, m)
    var matrix = try finiteElements("svd")
    var u = [Double](repeating: 0, count: n * k)
    var s = [Double](repeating: 0, count: k)
    var v = [Double](repeating: 0, count: k * m)
    if k > 0 {
      let remaining = unsafe LAPACKE_dgesdd(
        LAPACK_ROW_MAJOR, thinVectors, Int32(n), Int32(m), &matrix, Int32(m), &s,
        &u, Int32(k), &v, Int32(m))
      guard remaining == 0 else {
        throw .notConverged(operation: "svd", remaining: Int(remaining))
      }
    }
    return (
      converted(u, shape: [n, k]), converted(s, shape: [k]), converted(v, shape: [k, m])
    )
  }

  /// The eigenvalues of a symmetric `[n, n]`, ascending, and its orthonormal eigenvectors as
  /// columns: `self · vectors = vectors · diag(values)`.
  ///
  /// Only the lower triangle is read.
  public func symmetricEigen() throws(LinearAlgebraError) -> (values: Tensor, vectors: Tensor) {
    let n = requireSquare("symmetricEigen")
    var matrix = try finiteElements("symmetricEigen")
    var values = [Double](repeating: 0, count: n)
    if n > 0 {
      let remaining = unsafe LAPACKE_dsyev(
        LAPACK_ROW_MAJOR, withVectors, lowerPart, Int32(n), &matrix, Int32(n), &values)
      guard remaining == 0 else {
        throw .notConverged(operation: "symmetricEigen", remaining: Int(remaining))
      }
    }
    return (converted(values, shape: [n]), converted(matrix, shape: shape))
  }
}

// What LAPACK calls the choices made here.
private let oneNorm: CChar = 49  // '1'
private let asStored: CChar = 78  // 'N', not transposed
private let lowerPart: CChar = 76  // 'L'
private let thinVectors: CChar = 83  // 'S', as many as there are singular values
private let withVectors: CChar = 86  // 'V'

extension Tensor where Scalar: TensorFloatingPoint {
  private func requireMatrix(_ operation: String) -> (rows: Int, columns: Int) {
    require(rank == 2, "\(operation) takes a matrix, not a tensor of shape \(shape)")
    return (shape[0], shape[1])
  }

  private func requireSquare(_ operation: String) -> Int {
    let (rows, columns) = requireMatrix(operation)
    require(rows == columns, "\(operation) takes a square matrix, not one of shape \(shape)")
    return rows
  }

  /// The elements in Double; LAPACK may not return from what is not finite.
  private func finiteElements(_ operation: String) throws(LinearAlgebraError) -> [Double] {
    let elements = scalars.map(\.asDouble)
    if let index = elements.firstIndex(where: { !$0.isFinite }) {
      let columns = rank == 2 ? shape[1] : 1
      throw .notFinite(operation: operation, row: index / columns, column: index % columns)
    }
    return elements
  }

  private func converted(_ elements: [Double], shape: Shape) -> Tensor {
    Tensor(elements.map { Scalar(converting: $0) }, shape: shape, on: device)
  }
}
