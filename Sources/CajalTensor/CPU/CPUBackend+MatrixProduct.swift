import CajalSupport
import CCajalKernels

extension CPUBackend {
  /// The (batched) product of two matrices, with bias and activation applied to what is stored.
  package func matrixProduct(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    _ result: UnsafeMutablePointer<Float>, _ geometry: MatrixProductGeometry
  ) {
    let (rows, inner, columns) = (geometry.rows, geometry.inner, geometry.columns)
    guard rows > 0, columns > 0 else { return }
    func product(_ batch: Int) -> cajal_product {
      unsafe cajal_product(
        left: left + batch * geometry.leftBatchStride,
        right: right + batch * geometry.rightBatchStride, packed_right: nil, bias: bias,
        result: result + batch * rows * columns,
        left_row: geometry.transposesLeft ? 1 : inner,
        left_step: geometry.transposesLeft ? rows : 1,
        right_step: geometry.transposesRight ? 1 : columns,
        right_column: geometry.transposesRight ? inner : 1,
        columns: columns, accumulates: geometry.accumulates ? 1 : 0,
        relu: geometry.activation == .relu ? 1 : 0)
    }
    if geometry.batch == 1, rows <= Cut.fewRows {
      // As in decoding: nothing is divided, and asking how would take as long as some products.
      var product = unsafe product(0)
      unsafe kernels.pointee.product(&product, 0, rows, 0, inner)
      return
    }
    if unsafe Cut.splitsInner(geometry, hasBias: bias != nil) {
      for batch in 0..<geometry.batch { unsafe splitProduct(product(batch), geometry) }
      return
    }
    let piece = Cut.rows(geometry)
    if rows > piece {
      for batch in 0..<geometry.batch {
        unsafe withPackedRight(product(batch), geometry) { product in
          inPieces(of: piece, rows) { range in
            var product = unsafe product
            unsafe kernels.pointee.product(&product, range.lowerBound, range.upperBound, 0, inner)
          }
        }
      }
      return
    }
    concurrently(geometry.batch, every: Cut.grain(rows * inner * columns)) { batch in
      var product = unsafe product(batch)
      unsafe kernels.pointee.product(&product, 0, rows, 0, inner)
    }
  }

  /// Calls `body` with a product whose right operand is packed once for all of its pieces, if it is
  /// not too large for that.
  private func withPackedRight(
    _ product: cajal_product, _ geometry: MatrixProductGeometry, _ body: (cajal_product) -> Void
  ) {
    guard Cut.sharesRight(geometry) else { return unsafe body(product) }
    let columns = unsafe kernels.pointee.panel_columns
    let panels = (geometry.columns + columns - 1) / columns
    unsafe withScratch(panels * columns * geometry.inner) { packed in
      // Packing moves memory; dispatch is amortized as with multiplications.
      concurrently(panels, every: Cut.grain(16 * columns * geometry.inner)) { panel in
        var product = unsafe product
        unsafe kernels.pointee.pack_right(&product, geometry.inner, panel, panel + 1, packed)
      }
      var product = unsafe product
      unsafe product.packed_right = unsafe UnsafePointer(packed)
      unsafe body(product)
    }
  }

  /// A product with a long sum and a small result: parts of the sum are taken by themselves and
  /// added in their order.
  private func splitProduct(_ product: cajal_product, _ geometry: MatrixProductGeometry) {
    let (rows, inner, columns) = (geometry.rows, geometry.inner, geometry.columns)
    let parts = (inner + Cut.innerPerPart - 1) / Cut.innerPerPart
    let count = rows * columns
    unsafe withScratch(parts * count) { partial in
      Threads.concurrentPerform(parts) { part in
        var product = unsafe product
        unsafe product.result = unsafe partial + part * count
        unsafe product.accumulates = 0
        let start = part * Cut.innerPerPart
        unsafe kernels.pointee.product(
          &product, 0, rows, start, min(start + Cut.innerPerPart, inner))
      }
      if geometry.accumulates {
        unsafe kernels.pointee.add_scaled(partial, 1, product.result, count)
      } else {
        unsafe product.result.update(from: partial, count: count)
      }
      for part in 1..<parts {
        unsafe kernels.pointee.add_scaled(partial + part * count, 1, product.result, count)
      }
    }
  }
}

/// How products are cut into pieces.
private enum Cut {
  /// Summed elements of a part of a split sum.
  static let innerPerPart = 1024
  /// Rows of a product that stays in one piece, however long its sums.
  static let fewRows = 16

  /// Whether the sum is long and the result small enough to cut the sum itself.
  static func splitsInner(_ geometry: MatrixProductGeometry, hasBias: Bool) -> Bool {
    geometry.inner >= 2 * innerPerPart && geometry.rows * geometry.columns <= 1 << 17
      && geometry.rows > fewRows && !hasBias && geometry.activation == .identity
  }

  /// Whether the right operand, packed as a whole, stays in a cache until all pieces have read it.
  static func sharesRight(_ geometry: MatrixProductGeometry) -> Bool {
    geometry.inner * geometry.columns <= 1 << 20
  }

  /// Rows of a piece: as many as a packed block has, or fewer so that all threads end at about the
  /// same time, but enough to be worth the handing over. Each row's result is the same however they
  /// are cut.
  static func rows(_ geometry: MatrixProductGeometry) -> Int {
    let (most, least) = (192, 48)
    let threads = Threads.count
    guard threads > 1, geometry.batch < threads else { return most }
    let worthwhile = (1 << 22) / max(geometry.inner * geometry.columns, 1)
    let pieces = max((geometry.rows + most - 1) / most, 4)
    let rounds = (pieces + threads - 1) / threads
    let share = (geometry.rows + rounds * threads - 1) / (rounds * threads)
    return min(most, max(share, least, worthwhile))
  }

  /// Products per task that amortize dispatch.
  static func grain(_ multiplications: Int) -> Int {
    max(1, (1 << 19) / max(multiplications, 1))
  }
}
