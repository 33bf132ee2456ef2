import CajalSupport

// Sums of rows of several tables.

extension Tensor<Float> {
  /// A term of a sum: rows of a table `[rows, width]` that indices name, times `scale`; or, without
  /// indices, the elements themselves, again and again along the outer axes that they lack.
  package typealias Rows = (table: Tensor, indices: Tensor<Int32>?, scale: Float)

  /// The sum of the terms, of which there is one at least, in their order and in one pass. A
  /// negative index gives zeros; traps when an index is beyond its table.
  package init(sumOfRows terms: [Rows]) {
    let shapes = terms.map { term in
      term.indices.map { $0.shape.appending(term.table.width) } ?? term.table.shape
    }
    guard let shape = shapes.max(by: { ($0.rank, $0.count) < ($1.rank, $1.count) }) else {
      requirementFailure("a sum of rows has a term")
    }
    let device = terms[0].table.device
    self.init(uninitialized: shape, on: device)
    let summed = zip(terms, shapes).map { term, own -> SummedRows in
      requireSameDevice(term.table)
      guard let indices = term.indices else {
        require(
          own.dimensions == shape.dimensions.suffix(own.rank),
          "elements of \(own) are not those of a sum of \(shape)")
        return SummedRows(term.table.buffer, rows: term.table.rowCount)
      }
      require(
        term.table.rank == 2 && own == shape,
        "rows of \(term.table.shape) at indices of \(indices.shape) are not of \(shape)")
      requireSameDevice(indices)
      indices.requireElements(in: .min..<term.table.shape[0], name: "row")
      return SummedRows(rowsOf: term.table.buffer, indices.buffer, scale: term.scale)
    }
    device.backend.sumRows(summed, buffer, count: rowCount, width: width)
  }
}
