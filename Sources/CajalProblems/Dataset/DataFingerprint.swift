import CajalSupport
import CajalImages

/// The identity of a data set: its tiles and their origin, but not where they are stored, when they
/// were made or for which problem.
///
/// A copy of a data set, and one regenerated from the same pictures in the same way, have equal
/// fingerprints.
public struct DataFingerprint: Sendable, Hashable, Codable {
  /// The numbers of readable tiles for training and for evaluation.
  public let trainingTiles: Int, evaluationTiles: Int
  /// The number of broken records that were skipped.
  public let brokenRecords: Int
  /// Rows and columns of a tile.
  public let tileSize: Int
  /// A checksum of the names, crops and contents of the pictures; of none for shards of another
  /// program.
  public let pictures: String
  /// A checksum of the sections and of their split into training and evaluation.
  public let sections: String
  /// A checksum of the files of tiles, of the seed of their order and of the training tiles'
  /// statistics.
  public let tiles: String
}

extension Dataset {
  /// The fingerprint of this data set.
  public var fingerprint: DataFingerprint {
    let request = summary.request
    let pictures = request.pictures.map { picture in
      "\(picture.name)\0\(picture.section)\0\(picture.crop ?? [])\0\(picture.byteCount)"
        + "\0\(picture.checksum)" + (picture.reduction.map { "\0\($0)" } ?? "")
        + (picture.factor.map { "\0by \($0)" } ?? "")
        + (picture.level.map { "\0level \($0)" } ?? "")
        + (picture.page.map { "\0page \($0)" } ?? "")
    }
    let sections = summary.sections.map {
      "\($0.name)\0\($0.isForEvaluation)\0\($0.tileCount)\0\($0.keptCount)"
    }
    let shards = summary.shards.map {
      // A description of shards elsewhere has their paths.
      let name = $0.file.split(separator: "/").last ?? ""
      return "\(name)\0\($0.isForEvaluation)\0\($0.tileCount)\0\($0.byteCount)"
    }
    let statistics =
      "\(request.seed) \(request.channels) \(summary.mean) \(summary.standardDeviation)"
    return DataFingerprint(
      trainingTiles: trainingTiles.count, evaluationTiles: evaluationTiles.count,
      brokenRecords: brokenRecords.count, tileSize: request.tileSize,
      pictures: Self.checksum(pictures), sections: Self.checksum(sections),
      tiles: Self.checksum(shards + [statistics]))
  }

  private static func checksum(_ lines: [String]) -> String {
    CRC32C.checksum(Array(lines.joined(separator: "\n").utf8)).zeroPadded(to: 8, radix: 16)
  }
}

extension DataFingerprint {
  /// The first difference from an earlier fingerprint, in words that fit after "the data set";
  /// `nil` if equal.
  public func difference(from earlier: DataFingerprint) -> String? {
    if self == earlier { return nil }
    let counts = [
      ("training tiles", trainingTiles, earlier.trainingTiles),
      ("held-out tiles", evaluationTiles, earlier.evaluationTiles),
      ("broken records left out", brokenRecords, earlier.brokenRecords),
    ]
    if pictures != earlier.pictures {
      return "was cut from other pictures"
        + (trainingTiles == earlier.trainingTiles
          ? "" : " (\(trainingTiles) training tiles instead of \(earlier.trainingTiles))")
    }
    if tileSize != earlier.tileSize {
      return "has tiles of \(tileSize) pixels instead of \(earlier.tileSize)"
    }
    for (name, count, earlierCount) in counts where count != earlierCount {
      return "has \(count) \(name) instead of \(earlierCount)"
    }
    if sections != earlier.sections { return "has other sections or another split of them" }
    return "has other tiles, or the same ones in another order"
  }
}
