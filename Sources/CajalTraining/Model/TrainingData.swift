import CajalFiles

/// Where a trainer's batches come from.
///
/// A batch is a pure function of numbers and seed, so that it can be made by any thread, ahead of its
/// use, and again after a resume. It is made ready here: decoding, cropping, enlarging, normalizing and
/// mapping to classes happen in the feed's threads, never in a model's loss.
public protocol TrainingData<Batch>: Sendable {
  /// What a model's loss is computed of.
  associatedtype Batch: Sendable
  /// What `config.json` records of the data. Default: nothing.
  associatedtype Record: DataRecord = NoDataRecord

  /// Training examples `numbers` of the endless sequence that `seed` names. They are a part of the
  /// batch of `step`.
  func trainingBatch(_ numbers: Range<Int>, step: Int, seed: UInt64) throws -> Batch

  /// How many held-out examples there are. Default: none.
  var evaluationCount: Int { get }
  /// Held-out examples `range`, always the same.
  func evaluationBatch(_ range: Range<Int>) throws -> Batch

  /// What tells the data from other data.
  var record: Record { get }
}

/// What `config.json` records of the data of a run. Its keys are at the top level of the file.
public protocol DataRecord: Codable, Hashable, Sendable {
  /// Checks that a run that was begun with `earlier` data can continue with these to the same bits.
  ///
  /// - Throws: An error that names `run` and what differs.
  func checkContinues(_ earlier: Self, run: String) throws
}

/// The record of data that record nothing.
public struct NoDataRecord: DataRecord {
  /// Nothing.
  public init() {}
  /// Whatever continues.
  public func checkContinues(_ earlier: NoDataRecord, run: String) {}
}

extension TrainingData {
  /// None are held out.
  public var evaluationCount: Int { 0 }

  /// Traps: none are held out.
  public func evaluationBatch(_ range: Range<Int>) throws -> Batch {
    requirementFailure("there are no held-out examples \(range)")
  }
}

extension TrainingData where Record == NoDataRecord {
  /// Nothing.
  public var record: NoDataRecord { NoDataRecord() }
}
