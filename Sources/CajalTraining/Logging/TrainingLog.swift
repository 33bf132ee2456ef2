import CajalSupport
import Foundation

/// The log of a run: an append-only file of ``LogRecord`` lines.
///
/// Each record is one line and one `write`, so that a reader never sees a partial record and a
/// killed run leaves complete lines.
public final class TrainingLog: Sendable {
  /// The file.
  public let path: String
  private let file: OpenFile

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
    file = try OpenFile(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o666, attempt: "write")
    self.path = path
  }

  /// Appends a record.
  ///
  /// - Throws: An error that names the file when the line cannot be written completely; the file is
  ///   then unchanged.
  public func append(_ record: LogRecord) throws {
    let line = try record.line() + [UInt8(ascii: "\n")]
    let descriptor = file.descriptor
    let written = transferred { write(descriptor, line, line.count) }
    if written.value == line.count { return }
    if written.value > 0 {
      _ = ftruncate(descriptor, lseek(descriptor, 0, SEEK_END) - off_t(written.value))
    }
    throw FileError(
      path: path, attempt: "write", code: written.succeeded ? ENOSPC : written.code)
  }

  /// Reads the records of a log in order. An incomplete last line is ignored.
  ///
  /// - Throws: An error that names the file, and the line when one is not a record.
  public static func records(contentsOf path: String) throws -> [LogRecord] {
    let bytes = try Files.read(path)
    let newline = UInt8(ascii: "\n")
    let lines = bytes.split(separator: newline, omittingEmptySubsequences: false).dropLast()
    return try lines.enumerated().map { index, line in
      guard let record = LogRecord(line: line) else {
        throw FileError(
          path: path, attempt: "read", reason: "line \(index + 1) is not a record of a training log"
        )
      }
      return record
    }
  }
}

extension TrainingLog: TrainingObserver {
  /// Appends the records contained in the events.
  public func observe(_ event: TrainingEvent) throws {
    if case .recorded(let record) = event { try append(record) }
  }
}
