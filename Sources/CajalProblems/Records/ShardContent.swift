import CajalFiles
import CajalImages

/// The tiles of one shard.
struct ShardContent: Sendable {
  let tiles: [StoredTile]
  /// The records that were left out.
  let broken: [ProblemError]
  /// The size of the file.
  let byteCount: Int

  /// Reads a shard from end to end and checks every record.
  ///
  /// - Parameter skipsBroken: whether broken records are left out and listed, rather than an error. A record then counts
  ///   as broken also when its picture cannot be decoded, which is tried.
  /// - Parameter staysOpen: whether the file stays open for as long as its tiles are in use.
  /// - Throws: ``ProblemError/brokenData(file:offset:reason:)`` at the first broken record, or an error that names the
  ///   file when it cannot be read.
  init(of path: String, skipsBroken: Bool, staysOpen: Bool = true) throws {
    let file = try RandomAccessFile(path, staysOpen: staysOpen)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    var reader = RecordReader(file)
    var names = NameTable()
    var tiles: [StoredTile] = []
    var broken: [ProblemError] = []
    while true {
      let start = reader.offset
      do {
        guard let record = try reader.next() else { break }
        var tile = try TileRecord(serialized: record.data, file: path, offset: record.offset)
        tile.section = names.shared(tile.section.isEmpty ? name : tile.section)
        tile.picture = names.shared(tile.picture)
        let stored = StoredTile(tile, in: file, range: record.range)
        if skipsBroken { _ = try stored.image() }
        tiles.append(stored)
      } catch let error as ProblemError where skipsBroken {
        broken.append(error)
      } catch let error as ImageError where skipsBroken {
        broken.append(.brokenData(file: path, offset: start, reason: error.reason))
      }
    }
    self.tiles = tiles
    self.broken = broken
    byteCount = file.count
  }
}

/// Names that tiles have in common, so that a million tiles do not hold a million copies.
private struct NameTable {
  private var names: Set<String> = []

  /// An equal text, the same one each time.
  mutating func shared(_ name: String) -> String {
    let (_, shared) = names.insert(name)
    return shared
  }
}
