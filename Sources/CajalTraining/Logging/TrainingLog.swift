import CajalSupport
import Foundation

/// The log of a run: an append-only file of ``LogRecord`` lines.
///
/// Each record is one line and one `write`, so that a reader never sees a partial record and a
/// killed run leaves complete lines.
public final class TrainingLog: Sendable {
  /// The file.
  public let path: String
  private let file: AppendedFile

  /// Opens a log for appending; creates it if it is missing.
  ///
  /// Records of later steps than `step`, and lines that are not records, are removed first by
  /// atomic replacement of the file, so that a resumed run ends with the log of an uninterrupted
  /// one. Use -1 for an empty log.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - step: The last step whose records are kept.
  ///   - isSuperseded: Selects further records to remove.
  /// - Throws: An error that names the file when it cannot be read or written.
  public init(
    path: String, keepingThrough step: Int,
    except isSuperseded: (LogRecord) -> Bool = { _ in false }
  ) throws {
    if Files.status(of: path)?.kind == .regular {
      let bytes = try Files.read(path)
      var kept: [UInt8] = []
      kept.reserveCapacity(bytes.count)
      for line in bytes.split(separator: UInt8(ascii: "\n")) {
        guard let record = LogRecord(line: line), record.step <= step, !isSuperseded(record)
        else { continue }
        kept += line
        kept.append(UInt8(ascii: "\n"))
      }
      if kept != bytes { try Files.writeAtomically(to: path, kept) }
    }
    file = try AppendedFile(path)
    self.path = path
  }

  /// Appends a record.
  ///
  /// - Throws: An error that names the file when the line cannot be written completely; the file is
  ///   then unchanged.
  public func append(_ record: LogRecord) throws {
    try file.append(record.line() + [UInt8(ascii: "\n")])
  }

  /// Reads the records of a log in order. An incomplete last line is ignored.
  ///
  /// - Throws: An error that names the file, and the line when one is not a record.
  public static func records(contentsOf path: String) throws -> [LogRecord] {
    let (records, brokenLines) = try readableRecords(contentsOf: path)
    if let line = brokenLines.first {
      throw FileError(
        path: path, attempt: "read", reason: "line \(line) is not a record of a training log")
    }
    return records
  }

  /// Reads the records of a log in order, and the numbers of the lines, from 1, that are not
  /// records. An incomplete last line is ignored.
  ///
  /// - Throws: An error that names the file when it cannot be read.
  package static func readableRecords(
    contentsOf path: String
  ) throws -> (records: [LogRecord], brokenLines: [Int]) {
    let newline = UInt8(ascii: "\n")
    let lines = try Files.read(path)
      .split(separator: newline, omittingEmptySubsequences: false).dropLast()
    var (records, broken): ([LogRecord], [Int]) = ([], [])
    for (index, line) in lines.enumerated() {
      if let record = LogRecord(line: line) {
        records.append(record)
      } else {
        broken.append(index + 1)
      }
    }
    return (records, broken)
  }
}

extension TrainingLog: TrainingObserver {
  /// Appends the records contained in the events.
  public func observe(_ event: TrainingEvent) throws {
    if case .recorded(let record) = event { try append(record) }
  }
}
