/// Metadata keys and tensor name prefixes of a checkpoint file.
enum CheckpointKey {
  static let modelPrefix = "model/"
  static let averagePrefix = "average/"
  static let optimizerPrefix = "optimizer/"
  static let userPrefix = "user."

  static let format = "cajal.checkpoint"
  static let step = "cajal.step"
  static let seed = "cajal.seed"
  static let examplesSeen = "cajal.examples_seen"
  static let checksum = "cajal.crc32c"
  static let averageUpdates = "cajal.average_updates"
  static let pendingLossSum = "cajal.pending_loss_sum"
  static let pendingLossCount = "cajal.pending_loss_count"
  /// Followed by the name of a measure; the value is sum and count.
  static let pendingMeasurePrefix = "cajal.pending_measure."

  /// The format version that is written, and the newest that is read. In format 1 the checksum
  /// covers the tensors only, in format 2 the whole file.
  static let currentFormat = 2
}
