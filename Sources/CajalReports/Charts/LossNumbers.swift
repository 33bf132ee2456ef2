/// The losses of a run in a few numbers, those that a chart shows: nats where the log has them
/// beside a training loss that is something else.
public struct LossNumbers: Sendable, Hashable {
  /// The number of recorded training losses, and of held-out ones.
  public let trainingCount: Int, heldOutCount: Int
  /// The last training loss, smoothed; `nil` where none is a number.
  public let smoothedTrainingLoss: Double?
  /// Pearson's correlation of each training loss with the one before; `nil` where it is undefined.
  public let autocorrelation: Double?
  /// The last held-out loss.
  public let lastHeldOutLoss: Double?

  /// The losses of a run.
  public init(_ run: RecordedRun) {
    let training = run.losses(.training)?.measurements.values ?? []
    let heldOut = run.losses(.heldOut)?.measurements.values ?? []
    (trainingCount, heldOutCount) = (training.count, heldOut.count)
    smoothedTrainingLoss = Statistics.smoothed(training).last { $0.isFinite }
    autocorrelation = Statistics.autocorrelation(training)
    lastHeldOutLoss = heldOut.last
  }
}
