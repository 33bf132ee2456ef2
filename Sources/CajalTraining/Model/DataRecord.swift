/// The record of a run's data in `config.json`. Its keys are at the top level of the file.
public protocol DataRecord: Codable, Hashable, Sendable {
  /// Checks that a run that was begun with `earlier` data can continue with these to the same bits.
  ///
  /// - Throws: An error that names `run` and what differs.
  func checkContinues(_ earlier: Self, run: String) throws
}
