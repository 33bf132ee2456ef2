import CajalSupport
import CajalTensor

/// A checkpoint on disk. Opening it verifies the whole file; tensors are read on demand.
public struct CheckpointFile: Sendable {
  /// The number of updates made.
  public let step: Int
  /// The seed of everything random.
  public let seed: UInt64
  /// The number of training examples seen.
  public let examplesSeen: Int
  /// The losses since the last line of the log.
  public let pendingLosses: LossSum
  /// The measures since the last line of the log, by name.
  public let pendingMeasures: [String: LossSum]
  /// Further stored metadata.
  public let metadata: [String: String]
  /// The number of updates of the moving average; `nil` if it has none.
  public let averageUpdates: Int?
  let file: SafetensorsFile

  /// The file.
  public var path: String { file.path }

  /// Opens a checkpoint, compares its bytes with its checksum and looks for values that are not
  /// finite.
  ///
  /// - Throws: An error that names the file when it cannot be read, is truncated or damaged, is not
  ///   a checkpoint, was written by a newer version or has infinite values or NaN.
  public init(contentsOf path: String) throws {
    file = try SafetensorsFile(contentsOf: path)
    let texts = file.metadata
    func number<Value: LosslessStringConvertible & Comparable & ExpressibleByIntegerLiteral>(
      _ key: String
    ) throws -> Value {
      guard let value = texts[key].flatMap(Value.init), value >= 0 else {
        throw FileError(
          path: path, attempt: "read", reason: "it is not a checkpoint of Cajal (no good \(key))")
      }
      return value
    }
    let format: Int = try number(CheckpointKey.format)
    guard format <= CheckpointKey.currentFormat else {
      throw FileError(
        path: path, attempt: "read",
        reason: "it has format \(format) of a newer Cajal; this one reads up to "
          + "\(CheckpointKey.currentFormat)")
    }
    let isIntact =
      try format == 1
      ? file.checksum() == number(CheckpointKey.checksum)
      : file.isSealed(under: CheckpointKey.checksum)
    guard isIntact else {
      throw FileError(
        path: path, attempt: "read", reason: "it is damaged (its bytes do not have its checksum)")
    }
    /// A count that a run can continue from without overflow.
    func count(_ key: String, atMost limit: Int) throws -> Int {
      let value: Int = try number(key)
      guard value <= limit else {
        throw FileError(
          path: path, attempt: "read", reason: "its \(key) is \(value), and at most \(limit)")
      }
      return value
    }
    let mostSteps = TrainerOptions.maximumSteps
    step = try count(CheckpointKey.step, atMost: mostSteps)
    seed = try number(CheckpointKey.seed)
    examplesSeen = try count(
      CheckpointKey.examplesSeen, atMost: mostSteps * TrainerOptions.maximumBatchSize)
    averageUpdates =
      texts[CheckpointKey.averageUpdates] == nil
      ? nil : try count(CheckpointKey.averageUpdates, atMost: mostSteps)
    if let text = texts[CheckpointKey.pendingLossSum] {
      guard let sum = Double(text), sum.isFinite else {
        throw FileError(
          path: path, attempt: "read", reason: "its \(CheckpointKey.pendingLossSum) is \(text)")
      }
      pendingLosses = LossSum(
        sum: sum, count: try count(CheckpointKey.pendingLossCount, atMost: mostSteps))
    } else {
      pendingLosses = LossSum()
    }
    pendingMeasures = try Self.pendingMeasures(of: file)
    let prefix = CheckpointKey.userPrefix
    metadata = Dictionary(
      uniqueKeysWithValues: texts.filter { $0.key.hasPrefix(prefix) }.map {
        (String($0.key.dropFirst(prefix.count)), $0.value)
      })
    try checkFinite()
  }

  private static func pendingMeasures(of file: SafetensorsFile) throws -> [String: LossSum] {
    let prefix = CheckpointKey.pendingMeasurePrefix
    var measures: [String: LossSum] = [:]
    for (key, text) in file.metadata where key.hasPrefix(prefix) {
      let parts = text.split(separator: " ")
      guard parts.count == 2, let sum = Double(parts[0]), let count = Int(parts[1]),
        (0...TrainerOptions.maximumSteps).contains(count)
      else { throw FileError(path: file.path, attempt: "read", reason: "its \(key) is \(text)") }
      measures[String(key.dropFirst(prefix.count))] = LossSum(sum: sum, count: count)
    }
    return measures
  }

  /// Runs of versions without this check can have saved a diverged model.
  private func checkFinite() throws {
    for name in file.names where try file.typeName(of: name) == "F32" {
      guard try file.tensor(name, as: Float.self).allFinite else {
        throw FileError(
          path: path, attempt: "read", reason: "'\(name)' has values that are not finite")
      }
    }
  }
}
