/// An error in a fixture; the description is one line.
public struct FixtureError: Error, Hashable, CustomStringConvertible {
  /// What is wrong and where.
  public let description: String
}
