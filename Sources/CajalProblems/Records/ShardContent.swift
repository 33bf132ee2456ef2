import CajalSupport
import CajalImages

/// The tiles of one shard.
struct ShardContent: Sendable {
  let tiles: [StoredTile]
  /// The records that were left out.
  let broken: [ProblemError]
  /// The size of the file.
  let byteCount: Int

  /// Reads a shard from end to end and checks every record. One that is compressed as GZIP or ZLIB
  /// is unpacked.
  ///
  /// - Parameter skipsBroken: whether broken records are left out and listed, rather than an error.
  ///   A record then counts as broken also when its picture cannot be decoded, which is tried.
  /// - Parameter staysOpen: whether the file stays open for as long as its tiles are in use.
  /// - Parameter unpacked: takes the records of a compressed shard.
  /// - Throws: ``ProblemError/brokenData(file:offset:reason:)`` at the first broken record, or an
  ///   error that names the file when it cannot be read.
  init(
    of path: String, skipsBroken: Bool, staysOpen: Bool = true,
    unpacked: UnpackedRecords = UnpackedRecords()
  ) throws {
    let file = try RandomAccessFile(path, staysOpen: staysOpen)
    let compression = try file.shardCompression
    if let compression, !compression.isReadable {
      throw ProblemError.packedShard(file: path, format: compression.name)
    }
    let source: any RecordSource =
      try compression.map { try InflatedSource(file, format: $0) } ?? FileSource(file)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    var reader = RecordReader(source)
    var names = NameTable()
    var tiles: [StoredTile] = []
    var broken: [ProblemError] = []
    while true {
      let start = reader.offset
      do {
        guard let record = try reader.next() else { break }
        var tile = try TileRecord(
          serialized: record.data, file: source.name, offset: record.offset)
        tile.section = names.shared(tile.section.isEmpty ? name : tile.section)
        tile.picture = names.shared(tile.picture)
        let (storage, range) =
          try compression == nil
          ? (.file(file), record.range) : unpacked.store(record.data, of: source.name)
        let stored = StoredTile(tile, in: storage, range: range, offset: record.offset)
        if skipsBroken { _ = try stored.image() }
        tiles.append(stored)
      } catch let error as ProblemError where skipsBroken {
        broken.append(error)
      } catch let error as ImageError where skipsBroken {
        broken.append(.brokenData(file: source.name, offset: start, reason: error.reason))
      }
    }
    self.tiles = tiles
    self.broken = broken
    byteCount = file.count
  }
}

extension RandomAccessFile {
  /// The compression of the shard; `nil` for none.
  fileprivate var shardCompression: Compression? {
    get throws {
      let header = try read(0..<min(count, TFRecord.headerSize))
      let isPlain =
        header.count == TFRecord.headerSize && TFRecord.length(inHeader: header[...]) != nil
      guard !isPlain, let found = Compression(ofFileThatBegins: header) else { return nil }
      // ZLIB has but two bytes to tell it by: a plain record's damaged length, below 16 MiB, may
      // have them too.
      if found == .zlib && header.dropFirst(3).prefix(5).allSatisfy({ $0 == 0 }) { return nil }
      return found
    }
  }
}

/// Interned names, so that a million tiles do not hold a million copies.
private struct NameTable {
  private var names: Set<String> = []

  /// Returns the interned copy of a text.
  mutating func shared(_ name: String) -> String {
    let (_, shared) = names.insert(name)
    return shared
  }
}
