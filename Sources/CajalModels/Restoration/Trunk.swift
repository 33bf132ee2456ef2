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
  ///   - pass: the pass.
  /// - Returns: `[batch, rows, columns, features]`, of as many rows and columns as the pictures.
  func features(_ pictures: Variable, _ pass: ForwardPass) -> Variable

  /// The number of features.
  var width: Int { get }
  /// Whether the trunk works at the resolution of the target.
  var looksAtEnlarged: Bool { get }
}
