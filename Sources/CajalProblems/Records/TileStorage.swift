import CajalSupport
import Foundation
import Synchronization

/// The storage of a shard's records.
enum TileStorage: Sendable {
  /// The shard itself.
  case file(RandomAccessFile)
  /// A temporary file with the decompressed content of a shard of this name.
  case unpacked(SpoolFile, name: String)

  /// The shard's name in errors.
  var name: String {
    switch self {
    case .file(let file): file.path
    case .unpacked(_, let name): name
    }
  }

  func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    switch self {
    case .file(let file): try file.read(range)
    case .unpacked(let spool, _): try spool.read(range)
    }
  }
}

/// The records of the compressed shards of a data set: one temporary file for all of them, created
/// with the first record, released with the last tile.
final class UnpackedRecords: Sendable {
  private let spool = Mutex<SpoolFile?>(nil)

  /// Stores a record read from the shard `name`, and returns the location of its data.
  func store(_ record: [UInt8], of name: String) throws -> (TileStorage, Range<Int>) {
    let spool = try spool.withLock { spool in
      let open = try spool ?? SpoolFile(in: FileManager.default.temporaryDirectory.path)
      spool = open
      return open
    }
    let start = try spool.append(RecordFile.framed(record)) + RecordFile.headerSize
    return (.unpacked(spool, name: name), start..<(start + record.count))
  }
}
