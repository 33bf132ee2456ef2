import CajalAutodiff
import CajalOptimizers
import CajalTensor

extension Trainer: CustomStringConvertible, CustomReflectable {
  /// The run folder and the model.
  public var description: String {
    "Trainer of \(String(reflecting: model)) in \(run)"
  }

  /// The parts, with the model in a line.
  public var customMirror: Mirror {
    Mirror(
      self,
      children: [
        "model": String(reflecting: model), "optimizer": optimizer, "run": run, "options": options,
      ])
  }
}

extension TrainingHistory: CustomStringConvertible, CustomReflectable {
  /// The last step and the last loss.
  public var description: String {
    let loss = losses().last.map { ", loss \($0.loss)" } ?? ""
    return "\(step) steps\(wasStopped ? ", stopped" : "")\(loss): \(String(reflecting: model))"
  }

  /// The parts, with the model in a line and the number of records of the log.
  public var customMirror: Mirror {
    Mirror(
      self,
      children: [
        "model": String(reflecting: model), "step": step, "wasStopped": wasStopped,
        "records": records.count,
      ])
  }
}

extension TrainedRun: CustomStringConvertible, CustomReflectable {
  /// The folder, the step and the model.
  public var description: String { "\(path), step \(step): \(String(reflecting: model))" }

  /// The parts, with the model in a line.
  public var customMirror: Mirror {
    Mirror(
      self,
      children: [
        "path": path, "step": step, "checkpoint": checkpoint, "model": String(reflecting: model),
      ])
  }
}

extension Checkpoint: CustomStringConvertible, CustomReflectable {
  /// The step and the number of weights.
  public var description: String {
    "checkpoint of step \(step), \(weights.count) weights"
      + (averages.contains { $0 != nil } ? " and their average" : "")
  }

  /// The parts, without weights, moments and average.
  public var customMirror: Mirror {
    Mirror(
      self,
      children: [
        "step": step, "seed": seed, "examplesSeen": examplesSeen, "metadata": metadata,
      ])
  }
}
