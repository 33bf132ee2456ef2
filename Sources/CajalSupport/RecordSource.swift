/// The bytes of a file of records from beginning to end.
package protocol RecordSource {
  /// The file's name in errors.
  var name: String { get }
  /// The offset of the next byte.
  var offset: Int { get }
  /// Reads the next bytes: as many as requested, fewer at the end.
  mutating func read(_ count: Int) throws -> ArraySlice<UInt8>
  /// Skips bytes, at most all that are left.
  mutating func skip(_ count: UInt64) throws
  /// Skips the rest.
  mutating func end()
}
