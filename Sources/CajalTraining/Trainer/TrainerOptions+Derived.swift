extension TrainerOptions {
  /// The number of replicas with a micro-batch; the bits of the result depend on it.
  var usedReplicas: Int { min(replicas ?? 1, microBatches.count) }

  /// A batch cut into micro-batches.
  var microBatches: [Range<Int>] {
    let (count, size) = (batchSize ?? 1, microBatchSize ?? 1)
    return stride(from: 0, to: count, by: size).map {
      $0..<min($0 + size, count)
    }
  }

  /// Whether a record was added at the end of a run that has since been extended.
  func isExtraRecord(_ record: LogRecord, resumedAt step: Int, of steps: Int) -> Bool {
    let interval = record.kind == "train" ? logInterval : evaluationInterval
    return record.step == step && step < steps && interval > 0 && step % interval != 0
  }
}
