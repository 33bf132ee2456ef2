import CajalAutodiff
import CajalLayers

/// A network that computes features of a picture in one pass; what a ``RestorationModel`` predicts
/// the picture and its pixels' distributions from.
protocol Trunk: Sendable {
  /// The features.
  ///
  /// - Parameters:
  ///   - pictures: What the trunk looks at, from about -2 to 2: the inputs, `[batch, rows, columns,
  ///     channels]`, or the enlarged inputs; see ``looksAtEnlarged``.
  ///   - code: What is added to the result of the first convolution, `[batch, 1, 1, features]`.
  ///   - pass: the pass.
  /// - Returns: `[batch, rows, columns, features]`, of as many rows and columns as the pictures.
  func features(_ pictures: Variable, code: Variable?, _ pass: ForwardPass) -> Variable

  /// How far features see along the rows of the inputs; `nil` for a trunk whose features depend on
  /// the whole picture.
  ///
  /// - Parameter columns: The columns of the inputs, or of a block of them.
  func reach(columns: Int) -> Reach?

  /// Where inputs may be divided into blocks of columns whose features are computed one by one;
  /// `nil` for a trunk whose features depend on the whole picture.
  var columnDivision: ColumnDivision? { get }

  /// The number of features.
  var width: Int { get }
  /// Whether the trunk works at the resolution of the target.
  var looksAtEnlarged: Bool { get }
}

extension Variable {
  /// The sum with a code, where there is one.
  func adding(_ code: Variable?) -> Variable { code.map { self + $0 } ?? self }
}
