import CCajalKernels

extension CPUBackend {
  /// The (batched) product of two matrices, with bias and activation applied to what is stored.
  public func matrixProduct(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    _ result: UnsafeMutablePointer<Float>, _ geometry: MatrixProductGeometry
  ) {
    let (rows, inner, columns) = (geometry.rows, geometry.inner, geometry.columns)
    guard rows > 0, columns > 0 else { return }
    let product = { (batch: Int) in
      cajal_product(
        left: left + batch * geometry.leftBatchStride,
        right: right + batch * geometry.rightBatchStride, bias: bias,
        result: result + batch * rows * columns,
        left_row: geometry.transposesLeft ? 1 : inner,
        left_step: geometry.transposesLeft ? rows : 1,
        right_step: geometry.transposesRight ? 1 : columns,
        right_column: geometry.transposesRight ? inner : 1,
        columns: columns, accumulates: geometry.accumulates ? 1 : 0,
        relu: geometry.activation == .relu ? 1 : 0)
    }
    if Cut.splitsInner(geometry, hasBias: bias != nil) {
      for batch in 0..<geometry.batch { splitProduct(product(batch), geometry) }
      return
    }
    let piece = Cut.rows(geometry)
    let pieces = (rows + piece - 1) / piece
    concurrently(geometry.batch * pieces, every: Cut.grain(piece * inner * columns)) { index in
      var product = product(index / pieces)
      let start = index % pieces * piece
      kernels.pointee.product(&product, start, min(start + piece, rows), 0, inner)
    }
  }

  /// A product with a long sum and a small result: parts of the sum are taken by themselves and added
  /// in their order.
  private func splitProduct(_ product: cajal_product, _ geometry: MatrixProductGeometry) {
    let (rows, inner, columns) = (geometry.rows, geometry.inner, geometry.columns)
    let parts = (inner + Cut.innerPerPart - 1) / Cut.innerPerPart
    let count = rows * columns
    withScratch(parts * count) { partial in
      Threads.concurrentPerform(parts) { part in
        var product = product
        product.result = partial + part * count
        product.accumulates = 0
        let start = part * Cut.innerPerPart
        kernels.pointee.product(&product, 0, rows, start, min(start + Cut.innerPerPart, inner))
      }
      if geometry.accumulates {
        kernels.pointee.add_scaled(partial, 1, product.result, count)
      } else {
        product.result.update(from: partial, count: count)
      }
      for part in 1..<parts {
        kernels.pointee.add_scaled(partial + part * count, 1, product.result, count)
      }
    }
  }
}

/// How products are cut into pieces: by their shapes alone.
private enum Cut {
  /// Summed elements of a part of a split sum.
  static let innerPerPart = 1024

  /// Whether the sum is long and the result small enough to cut the sum itself.
  static func splitsInner(_ geometry: MatrixProductGeometry, hasBias: Bool) -> Bool {
    geometry.inner >= 2 * innerPerPart && geometry.rows * geometry.columns <= 1 << 17
      && geometry.rows > 16 && !hasBias && geometry.activation == .identity
  }

  /// Rows of a piece: enough that packing the right operand again for each costs little.
  static func rows(_ geometry: MatrixProductGeometry) -> Int {
    geometry.transposesLeft ? 128 : 192
  }

  /// How many pieces of so many multiplications make one that is worth a thread's attention.
  static func grain(_ multiplications: Int) -> Int {
    max(1, (1 << 19) / max(multiplications, 1))
  }
}
