/// A term of a sum of rows.
package struct SummedRows: Sendable {
  /// The rows that are added.
  package let table: Buffer
  /// The row of each row of the sum, negative for zeros; `nil` for rows in turn, as often as there
  /// are more.
  package let indices: Buffer?
  /// What rows are multiplied with; 1 without indices.
  package let scale: Float
  /// The rows of a table without indices.
  package let rows: Int

  /// `scale` times row `indices[i]` of a table, zeros where that is negative.
  package init(rowsOf table: Buffer, _ indices: Buffer, scale: Float) {
    (self.table, self.indices, self.scale, rows) = (table, indices, scale, 0)
  }

  /// Row `i % rows` of a table.
  package init(_ table: Buffer, rows: Int) {
    (self.table, indices, scale, self.rows) = (table, nil, 1, rows)
  }
}
