import CajalSupport
internal import Foundation
internal import SwiftProtobuf

/// The events of a file that TensorBoard reads, one at a time in constant memory.
struct EventFile {
  /// The longest event that is read; longer ones, which are graphs, are skipped.
  static let largestEvent = 1 << 26
  /// Damaged records after which the rest of a file is not read.
  private static let mostDamage = 100

  let path: String
  private var reader: TFRecordReader
  private var damage: [String] = []

  /// Opens a file.
  ///
  /// - Throws: `FileError`.
  init(_ path: String) throws {
    self.path = path
    reader = TFRecordReader(
      FileSource(try RandomAccessFile(path)), largestRecord: Self.largestEvent, of: "an event")
  }

  /// The next event that is whole, or `nil` at the end.
  ///
  /// - Throws: `FileError`.
  mutating func next() throws -> TFEvent? {
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    while damage.count < Self.mostDamage {
      do {
        guard let record = try reader.next() else { return nil }
        guard let event = try? TFEvent(serializedBytes: record.data, options: options) else {
          damage.append("the record at byte \(record.offset) is not an event")
          continue
        }
        return event
      } catch let problem as TFRecordReader.Damage {
        damage.append("at byte \(problem.offset), \(problem.reason)")
      }
    }
    return nil
  }

  /// What could not be read, as a sentence; `nil` for an undamaged file.
  var note: String? {
    guard let first = damage.first else { return nil }
    let others = damage.count == 1 ? "" : ", and \(damage.count - 1) more"
    return "\(path) is damaged: \(first)\(others); what is whole is shown"
  }

  /// The event files in a folder, oldest first: their names begin with the time of their beginning.
  static func files(in folder: String) throws -> [String] {
    try Files.list(folder).filter { $0.contains("tfevents") }.map { "\(folder)/\($0)" }
      .filter { Files.status(of: $0)?.kind == .regular }
  }
}
