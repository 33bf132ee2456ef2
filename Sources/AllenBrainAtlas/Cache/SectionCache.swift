import CajalSupport
import Foundation

/// A folder of pictures of one server, each with a record of its length and checksum:
/// `<name>.jpg`, `<name>.json`, and of unfinished transfers `<name>.part` and `<name>.part.json`.
struct SectionCache: Sendable {
  let folder: String

  /// The folder for the pictures of a server within a cache folder: that folder itself for the
  /// Allen Institute's, and a folder in it for every other, because equal ids name different
  /// pictures there.
  init(folder: String, server: URL) {
    let server = ServerIdentity(server)
    self.folder = server == .standard ? folder : folder + "/" + server.folderName
  }

  /// The record of a picture.
  private struct Record: Codable {
    var byteCount: Int
    /// CRC-32C, in hexadecimal digits.
    var crc32c: String
    var width: Int
    var height: Int
  }

  func path(of request: SectionDownload) -> String { "\(folder)/\(request.fileName)" }
  func recordPath(of request: SectionDownload) -> String { "\(folder)/\(request.baseName).json" }
  func partPath(of request: SectionDownload) -> String { "\(folder)/\(request.baseName).part" }

  /// The requested picture, if it is present and matches its record.
  func file(for request: SectionDownload) throws -> DownloadedSection? {
    let path = path(of: request)
    let recordPath = recordPath(of: request)
    guard Files.exists(path), Files.exists(recordPath),
      let record = try? JSONDecoder().decode(
        Record.self, from: Data(try Files.read(recordPath, limit: 1 << 16))),
      record.width > 0, record.height > 0
    else { return nil }
    let file = try RandomAccessFile(path)
    guard file.count == record.byteCount, Self.digits(try file.checksum()) == record.crc32c
    else { return nil }
    return DownloadedSection(
      request: request, path: path, width: record.width, height: record.height,
      byteCount: record.byteCount, wasCached: true)
  }

  /// Writes the record of a picture that is in the folder.
  func record(
    _ facts: PictureFacts, for request: SectionDownload, wasCached: Bool
  ) throws -> DownloadedSection {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    let record = Record(
      byteCount: facts.byteCount, crc32c: Self.digits(facts.checksum), width: facts.width,
      height: facts.height)
    try Files.writeAtomically(to: recordPath(of: request), [UInt8](encoder.encode(record)))
    return DownloadedSection(
      request: request, path: path(of: request), width: facts.width, height: facts.height,
      byteCount: facts.byteCount, wasCached: wasCached)
  }

  /// Removes a picture that does not match its record, and the record.
  func remove(_ request: SectionDownload) throws {
    try PartFile.remove(path(of: request))
    try PartFile.remove(recordPath(of: request))
  }

  /// Locks the folder for writing.
  ///
  /// - Throws: `FileError` where another download holds it, in this process or another one.
  func lock() throws(FileError) -> FileLock {
    // The lock file cannot be created in a read-only folder.
    try Files.checkWritable(directory: folder)
    return try FileLock(folder + "/.lock") { _ in
      FileError(
        path: folder, attempt: "download into",
        reason: "another download is filling it; wait for that one or name another folder")
    }
  }

  private static func digits(_ checksum: UInt32) -> String {
    checksum.zeroPadded(to: 8, radix: 16)
  }
}
