extension ReferenceBackend {
  /// The (batched) product of two matrices, with bias and activation applied to what is stored.
  package func matrixProduct(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    _ result: UnsafeMutablePointer<Float>, _ geometry: MatrixProductGeometry
  ) {
    let (rows, inner, columns) = (geometry.rows, geometry.inner, geometry.columns)
    let leftStrides = geometry.transposesLeft ? (row: 1, inner: rows) : (row: inner, inner: 1)
    let rightStrides =
      geometry.transposesRight ? (inner: 1, column: inner) : (inner: columns, column: 1)
    var sums = [Double](repeating: 0, count: columns)
    for batch in 0..<geometry.batch {
      let a = unsafe left + batch * geometry.leftBatchStride
      let b = unsafe right + batch * geometry.rightBatchStride
      let c = unsafe result + batch * rows * columns
      for row in 0..<rows {
        for column in 0..<columns { sums[column] = unsafe Double(bias?[column] ?? 0) }
        for k in 0..<inner {
          let factor = unsafe Double(a[row * leftStrides.row + k * leftStrides.inner])
          let line = unsafe b + k * rightStrides.inner
          for column in 0..<columns {
            unsafe sums[column] += factor * Double(line[column * rightStrides.column])
          }
        }
        for column in 0..<columns {
          let index = row * columns + column
          let kept = unsafe geometry.accumulates ? Double(c[index]) : 0
          unsafe c[index] = Float(geometry.activation(sums[column]) + kept)
        }
      }
    }
  }
}

extension Activation {
  /// The function in Double.
  func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .identity: x
    case .relu: UnaryOperation.relu(x)
    }
  }
}
