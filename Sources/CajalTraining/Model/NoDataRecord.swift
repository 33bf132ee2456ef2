/// An empty record.
public struct NoDataRecord: DataRecord {
  /// Nothing.
  public init() {}
  /// Always accepts.
  public func checkContinues(_ earlier: NoDataRecord, run: String) {}
}
