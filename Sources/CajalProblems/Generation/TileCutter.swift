import CajalSupport
import CajalImages
import CajalTensor
import Synchronization

/// Cuts pictures into tiles on all processors and appends their records to a spool.
///
/// Memory use: a band of each picture in work, one tile high, and a few bytes per tile.
struct TileCutter: Sendable {
  let problem: any Problem
  let options: DataOptions
  let spool: SpoolFile
  let progress: (@Sendable (DataProgress) -> Void)?

  /// State shared by threads.
  struct State: Sendable {
    var done = 0
    var tiles = 0
    /// The first picture, in order, that failed; later ones are skipped.
    var failure: (index: Int, error: any Error)?
  }

  /// The results of all pictures, in order.
  ///
  /// - Throws: the error of the first failing picture in order, whatever the execution order.
  func cut(_ pictures: [Picture]) throws -> [PictureTiles] {
    let state = Mutex(State())
    @Sendable func report(_ change: (inout State) -> Void) {
      state.withLock {
        change(&$0)
        progress?(DataProgress(pictures: $0.done, pictureCount: pictures.count, tiles: $0.tiles))
      }
    }
    let results = Threads.concurrentMap(Array(pictures.enumerated())) {
      index, picture -> PictureTiles? in
      guard state.withLock({ $0.failure.map { $0.index > index } ?? true }) else { return nil }
      do {
        let tiles = try cut(picture) { count in report { $0.tiles += count } }
        report { $0.done += 1 }
        return tiles
      } catch {
        state.withLock { if index < $0.failure?.index ?? .max { $0.failure = (index, error) } }
        return nil
      }
    }
    if let failure = state.withLock({ $0.failure?.error }) { throw failure }
    return results.compactMap { $0 }
  }

  /// Cuts one picture. `kept` is called with the number of tiles kept of each band, and with their
  /// negative sum when the picture turns out to be broken and is left out.
  private func cut(_ picture: Picture, kept: (Int) -> Void) throws -> PictureTiles {
    let empty = PictureTiles(
      picture: picture,
      fingerprint: try picture.fingerprint(skippingUnreadable: options.skipsUnreadable))
    var result = empty
    do {
      try cutBands(of: picture, into: &result, kept: kept)
      return result
    } catch  where options.skipsUnreadable && !error.isOfWriting {
      kept(-result.keptCount)
      result = empty
      result.skip = "\(error)"
      return result
    }
  }

  private func cutBands(
    of picture: Picture, into result: inout PictureTiles, kept: (Int) -> Void
  ) throws {
    let rows = try picture.rows(limits: options.imageLimits, whiteLevel: options.whiteLevel)
    let size = problem.tileSize
    let positions = problem.tilePositions(width: rows.width, height: rows.height)
    if positions.isEmpty {
      result.shortSide = min(rows.width, rows.height)
      result.skip =
        "its \(rows.width) x \(rows.height) pixels are less than one tile of \(size) x \(size)"
    }
    result.tileCount = positions.count
    let bands = Dictionary(grouping: positions, by: \.y).sorted { $0.key < $1.key }
    for (top, positions) in bands {
      let band = try rows.band(top..<(top + size))
      let tiles = try Threads.concurrentMap(positions.sorted { $0.x < $1.x }) { position in
        try cutTile(at: position, of: band, picture: picture)
      }.compactMap { $0 }
      var cut = PictureTiles.Band(
        top: top, statistics: ChannelStatistics(channels: problem.cropShape.channels))
      for tile in tiles {
        cut.statistics.add(tile.statistics)
        cut.sample += tile.sample
        let start = try spool.append(tile.record)
        cut.kept.append(start..<(start + tile.record.count))
      }
      result.bands.append(cut)
      kept(tiles.count)
    }
    try rows.finish()
    result.usedRange = rows.usedRange
    result.micronsPerPixel = picture.tileResolution(
      of: rows, isBrought: options.micronsPerPixel != nil)
  }

  /// The kept data of a tile, without its pixels, which would add another band of a wide picture.
  private struct CutTile: Sendable {
    let record: [UInt8]
    let statistics: ChannelStatistics
    let sample: [UInt8]
  }

  /// A tile, or `nil` if the problem drops it.
  private func cutTile(
    at position: PixelPosition, of band: Image, picture: Picture
  ) throws -> CutTile? {
    let size = problem.tileSize
    let tile = band.cropped(x: position.x, y: 0, width: size, height: size)
      .converted(toChannels: problem.cropShape.channels)
    guard problem.keepsTile(tile) else { return nil }
    let record = TileRecord(
      section: picture.section, picture: picture.name, position: position,
      encoded: try options.tileFormat.encode(tile))
    var statistics = ChannelStatistics(channels: tile.channels)
    statistics.add(tile.pixels)
    if options.tileFormat != .png {
      // Decoded JPEG values can slightly exceed the encoded range.
      var stored = ChannelStatistics(channels: tile.channels)
      stored.add(try Image(decoding: record.encoded, name: picture.name).pixels)
      statistics.widenRange(by: stored)
    }
    return CutTile(
      record: TFRecord.framed(try record.serialized(size: size, format: options.tileFormat)),
      statistics: statistics, sample: StainSample.pixels(of: tile))
  }
}

extension Picture {
  /// The side of a pixel of its tiles in micrometers, if it is listed or the file says it. A listed
  /// one is that of the level already where pictures were brought to a resolution.
  fileprivate func tileResolution(of rows: PictureRows, isBrought: Bool) -> Double? {
    let listed = micronsPerPixel.map { isBrought ? $0 : $0 * rows.downsample }
    return (listed ?? rows.micronsPerPixel).map { $0 * (factor ?? Double(reduction)) }
  }
}

extension Error {
  /// Whether the error concerns the output rather than the picture: a full disk is no reason to
  /// skip pictures.
  fileprivate var isOfWriting: Bool { (self as? FileError)?.attempt == "write" }
}
