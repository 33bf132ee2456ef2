import CajalPlatform

/// A file that grows by whole records: each is one `write`, so that a reader never sees part of one
/// and a killed process leaves complete ones.
package final class AppendedFile: Sendable {
  /// The name in errors.
  package let path: String
  private let file: OpenFile

  /// Opens a file for appending; creates it if it is missing.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - flags: more flags of `open(2)`, such as `O_EXCL`.
  package init(_ path: String, _ flags: Int32 = 0) throws(FileError) {
    file = try OpenFile(path, O_WRONLY | O_CREAT | O_APPEND | flags, mode: 0o666, attempt: "write")
    self.path = path
  }

  /// Appends a record.
  ///
  /// - Throws: `FileError` when it cannot be written completely; the file is then unchanged.
  package func append(_ record: [UInt8]) throws(FileError) {
    let descriptor = file.descriptor
    let written = transferred { write(descriptor, record, record.count) }
    if written.value == record.count { return }
    if written.value > 0 {
      _ = ftruncate(descriptor, lseek(descriptor, 0, SEEK_END) - off_t(written.value))
    }
    throw FileError(
      path: path, attempt: "write", code: written.succeeded ? ENOSPC : written.code)
  }
}
