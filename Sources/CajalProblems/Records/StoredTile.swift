import CajalSupport
public import CajalImages

/// A tile in a shard: its location and origin.
///
/// The picture is read and decoded at each use and cached only by the system's page cache, so a
/// data set may be larger than memory.
public struct StoredTile: Sendable {
  /// The section that the tile was cut from; for foreign shards the name of the shard.
  public let section: String
  /// The picture of the section that the tile was cut from; empty for foreign shards.
  public let picture: String
  /// The place of its top left corner in the picture.
  public let position: PixelPosition
  private let storage: TileStorage
  private let range: Range<Int>
  /// The byte where the record starts in the shard, or in what the shard unpacks to.
  private let offset: Int

  init(_ record: TileRecord, in storage: TileStorage, range: Range<Int>, offset: Int) {
    section = record.section
    picture = record.picture
    position = record.position
    self.storage = storage
    self.range = range
    self.offset = offset
  }

  /// The name in errors: the shard and the byte where the record starts.
  var name: String { "the picture at byte \(offset) of \(storage.name)" }

  /// The bytes of the PNG or JPEG file.
  ///
  /// - Throws: an error that names shard and record when the file has changed since it was opened.
  func encoded() throws -> [UInt8] {
    let content = try storage.read(range.lowerBound..<(range.upperBound + TFRecord.footerSize))
    let data = Array(content.prefix(range.count))
    guard TFRecord.isSound(data, footer: content[range.count...]) else {
      throw ProblemError.brokenData(
        file: storage.name, offset: offset, reason: "the record has changed while it was in use")
    }
    return try TileRecord(serialized: data, file: storage.name, offset: offset).encoded
  }

  /// The pixels.
  ///
  /// - Throws: an error that names shard and record when the bytes are not a picture, or cannot be
  ///   read any more.
  public func image() throws -> Image {
    do {
      return try Image(decoding: encoded(), name: name, limits: Self.limits)
    } catch let error as ImageError where error.kind == .tooLarge {
      // Not configurable: tiles are small.
      throw ProblemError.brokenData(file: storage.name, offset: offset, reason: error.reason)
    }
  }

  /// Far above any tile: damaged sizes must not allocate gigabytes.
  private static let limits = ImageLimits(
    maximumPixels: 1 << 24, maximumSide: 1 << 12, maximumBytes: 1 << 26)
}
