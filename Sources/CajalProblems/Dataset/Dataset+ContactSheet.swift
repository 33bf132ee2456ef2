import CajalSupport
public import CajalImages
import CajalTensor

extension Dataset {
  /// A contact sheet of random training tiles, as stored.
  ///
  /// - Parameters:
  ///   - columns: tiles in a row.
  ///   - rows: rows of tiles, at most.
  ///   - seed: decides which tiles.
  /// - Throws: an error that names the record when a tile cannot be read.
  public func contactSheet(columns: Int = 16, rows: Int = 10, seed: UInt64 = 0) throws -> Image {
    require(columns > 0 && rows > 0, "a contact sheet has a row and a column")
    require(!trainingTiles.isEmpty, "a data set has training tiles")
    let order = SeededPermutation(
      count: trainingTiles.count,
      key: RandomKey(seed: seed, stream: DataStream.contactSheet.rawValue))
    let count = min(columns * rows, trainingTiles.count)
    let tiles = try Threads.concurrentMap((0..<count).map { trainingTiles[order[$0]] }) {
      try $0.image()
    }
    return Image.contactSheet(of: tiles, columns: columns)
  }
}
