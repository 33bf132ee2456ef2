import CajalSupport
import Foundation
import Synchronization

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
    let start = try spool.append(TFRecord.framed(record)) + TFRecord.headerSize
    return (.unpacked(spool, name: name), start..<(start + record.count))
  }
}
