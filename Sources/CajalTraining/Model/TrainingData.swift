import CajalSupport

/// A source of training and evaluation batches.
///
/// A batch is a pure function of numbers and seed, so that it can be made by any thread, ahead of
/// its use, and again after a resume. All preparation happens here, on the feed's threads:
/// decoding, cropping, resizing, normalizing and mapping to classes.
public protocol TrainingData<Batch>: Sendable {
  /// The input of the model's loss.
  associatedtype Batch: Sendable
  /// The record of the data in `config.json`. Default: empty.
  associatedtype Record: DataRecord = NoDataRecord

  /// Training examples `numbers` of the endless sequence that `seed` names. They are a part of the
  /// batch of `step`.
  func trainingBatch(_ numbers: Range<Int>, step: Int, seed: UInt64) throws -> Batch

  /// The number of held-out examples. Default: 0.
  var evaluationCount: Int { get }
  /// Held-out examples `range`, always the same.
  func evaluationBatch(_ range: Range<Int>) throws -> Batch

  /// A fingerprint that identifies the data.
  var record: Record { get }
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
