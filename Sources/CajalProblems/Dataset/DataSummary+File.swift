import CajalSupport
import Foundation

extension DataSummary {
  /// Writes the summary into the directory of its shards.
  func write(to directory: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let bytes = [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
    try Files.writeAtomically(to: directory + "/" + Self.fileName, bytes)
  }

  /// Reads the summary from the directory of its shards.
  ///
  /// - Throws: an error that names the file when there is none, or none of this version.
  public init(directory: String) throws {
    let path = directory + "/" + Self.fileName
    guard Files.exists(path) else {
      let reason =
        switch Files.status(of: directory)?.kind {
        case nil: "there is no such folder"
        case .directory: "it has no \(Self.fileName), so it is not a data set"
        default: "it is not a folder"
        }
      throw FileError(path: directory, attempt: "read", reason: reason)
    }
    let data = Data(try Files.read(path))
    do {
      let version = try JSONDecoder().decode(Version.self, from: data).version
      guard version == Self.currentVersion else {
        throw ProblemError.brokenData(
          file: path, offset: nil,
          reason: "it is of version \(version), and this program reads \(Self.currentVersion)")
      }
      self = try JSONDecoder().decode(DataSummary.self, from: data)
      if let fault {
        throw ProblemError.brokenData(file: path, offset: nil, reason: fault)
      }
      guard hasStatisticsOfItsChannels else {
        throw ProblemError.brokenData(
          file: path, offset: nil,
          reason: "its mean, standard deviation and range are not of \(request.channels) channels")
      }
    } catch let error as DecodingError {
      throw ProblemError.brokenData(file: path, offset: nil, reason: error.sentence)
    }
  }

  private var hasStatisticsOfItsChannels: Bool {
    mean.count == request.channels && standardDeviation.count == request.channels
      && range.map { $0.count == request.channels } ?? true
      && standardDeviation.allSatisfy { $0 >= 0 }
  }

  /// An out-of-range number, or `nil`. Sums of numbers in range do not overflow.
  private var fault: String? {
    let largest = 1 << 48
    let counts: [(String, [Int], ClosedRange<Int>)] = [
      ("tileSize", [request.tileSize], 1...65_536), ("channels", [request.channels], 1...4),
      (
        "trainingShardCount, evaluationShardCount",
        [request.trainingShardCount, request.evaluationShardCount], 0...1_000_000
      ),
      (
        "sections", sections.flatMap { [$0.pictureCount, $0.tileCount, $0.keptCount] }, 0...largest
      ),
      ("shards", shards.flatMap { [$0.tileCount, $0.byteCount, $0.brokenCount] }, 0...largest),
    ]
    for (name, values, range) in counts {
      if let value = values.first(where: { !range.contains($0) }) {
        return "\(name) cannot have the number \(value)"
      }
    }
    return nil
  }

  /// Whether a folder holds a data set, and not another program's file of the same name.
  ///
  /// - Parameter names: the names in the folder.
  static func isDescribed(_ directory: String, names: [String]) -> Bool {
    struct Mark: Decodable {
      struct Part: Decodable {}
      let version: Int
      let request: Part
    }
    guard names.contains(fileName) else { return false }
    if names.contains(where: { ShardName($0) != nil }) { return true }
    guard let bytes = try? Files.read(directory + "/" + fileName, limit: 1 << 28) else {
      return false
    }
    return (try? JSONDecoder().decode(Mark.self, from: Data(bytes))) != nil
  }

  private struct Version: Decodable {
    var version: Int
  }
}
