/// A data record that is left unread.
public struct UnreadDataRecord: DataRecord {
  /// Reads nothing.
  public init(from decoder: any Decoder) {}
  /// Writes nothing.
  public func encode(to encoder: any Encoder) {}
  /// Never differs.
  public func checkContinues(_ earlier: UnreadDataRecord, run: String) {}
}
