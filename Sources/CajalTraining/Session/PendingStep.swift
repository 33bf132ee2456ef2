import CajalOptimizers
import CajalTensor

/// A step that a device has been asked for, and whose numbers the host has perhaps not read yet.
struct PendingStep {
  /// An update of a group.
  final class Update {
    private let update: PendingUpdate
    private let weights: PendingScalars<Double>
    /// Its report. Waits for the device when it is first asked for.
    private(set) lazy var report = update.report
    /// Whether all weights are finite after it. Waits for the device when it is first asked for.
    private(set) lazy var hasFiniteWeights = weights.scalar.isFinite

    /// - Parameter weights: The group's weights after the update.
    init(_ update: PendingUpdate, weights: Tensor<Float>) {
      self.update = update
      self.weights = weights.sumOfSquaresTensor().beginReading()
    }
  }

  /// What was done for an objective.
  struct Part {
    /// The objective's name.
    let name: String
    let batch: PendingBatch
    var updates: [Update] = []
  }

  /// The number of steps that had been made when this one was begun.
  let earlierSteps: Int
  var parts: [Part] = []
}
