/// An error about a picture that a model cannot process, with the reason in one line.
public struct PictureSizeError: Error, Hashable, CustomStringConvertible {
  /// What is wrong and what would fit.
  public let description: String
}
