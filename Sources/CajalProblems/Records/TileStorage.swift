import CajalSupport

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
