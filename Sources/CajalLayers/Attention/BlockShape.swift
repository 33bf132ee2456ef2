/// Rows and columns of a block of a plane, or of the frame around one.
public struct BlockShape: Sendable, Hashable {
  /// Rows.
  public let rows: Int
  /// Columns, counted in sub-pixels.
  public let columns: Int

  /// A block of `rows` × `columns`.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }
}
