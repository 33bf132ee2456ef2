import CajalModels
import CajalOptimizers
import CajalProblems
import Foundation

extension RunConfiguration {
  /// Checks that a run that was begun with `earlier` can continue with this configuration to the
  /// same bits.
  ///
  /// Where the data is, how often things are written and, unless the schedule depends on it, the
  /// number of steps may change.
  ///
  /// - Parameters:
  ///   - run: The run folder, for errors.
  ///   - madeSteps: The updates that have been made.
  /// - Throws: ``TrainingError`` with the first thing that differs.
  func checkContinues(_ earlier: RunConfiguration, run: String, madeSteps: Int) throws {
    let (white, recordedWhite) = (whiteLevel ?? 65535, earlier.whiteLevel ?? 65535)
    if white != recordedWhite {
      throw TrainingError.dataChanged(
        run: run, data: data, difference: "has white at \(white), was \(recordedWhite)")
    }
    if let recorded = earlier.dataFingerprint,
      let difference = dataFingerprint?.difference(from: recorded)
    {
      throw TrainingError.dataChanged(run: run, data: data, difference: difference)
    }
    if steps != earlier.steps, optimizer != earlier.optimizer,
      optimizer.withoutEnd == earlier.optimizer.withoutEnd
    {
      throw TrainingError.scheduleDependsOnSteps(
        run: run, steps: steps, recordedSteps: earlier.steps)
    }
    if let difference = difference(from: earlier) {
      throw TrainingError.configurationChanged(run: run, difference: difference)
    }
    guard steps >= madeSteps else {
      throw TrainingError.configurationChanged(
        run: run, difference: "\(madeSteps) steps have been made, more than the \(steps) asked for")
    }
  }

  /// The first thing that may not differ but does, as `the name is a, was b`.
  private func difference(from earlier: RunConfiguration) -> String? {
    if problem != earlier.problem { return "the problem is \(problem), was \(earlier.problem)" }
    if let difference = optionDifference(from: earlier) { return difference }
    if let difference = model.difference(from: earlier.model) { return difference }
    if optimizer != earlier.optimizer { return "the optimizer or its schedule has changed" }
    if let run = initialWeights?.run, run != earlier.initialWeights?.run {
      return "the first weights are those of \(run), were "
        + (earlier.initialWeights.map { "those of \($0.run)" } ?? "drawn")
    }
    let (new, old) = (options, earlier.options)
    let numbers: [(String, Int?, Int?)] = [
      ("batch size", new.batchSize, old.batchSize),
      ("micro-batch size", new.microBatchSize, old.microBatchSize),
    ]
    for (name, new, old) in numbers where new != old {
      return "the \(name) is \(new ?? 0), was \(old ?? 0)"
    }
    if new.usedReplicas != old.usedReplicas {
      return
        "the number of replicas is \(new.replicas ?? 0), was \(old.replicas ?? 0), "
        + "and gradients are then added up in another order"
    }
    if new.seed != old.seed { return "the seed is \(new.seed), was \(old.seed)" }
    if new.weightAverageDecay != old.weightAverageDecay {
      return "the decay of the average of the weights has changed"
    }
    return nil
  }

  private func optionDifference(from earlier: RunConfiguration) -> String? {
    let names = Set(problemOptions.keys).union(earlier.problemOptions.keys).sorted()
    for name in names where problemOptions[name] != earlier.problemOptions[name] {
      return "the problem's \(name) is \(problemOptions[name] ?? "unset"), was "
        + (earlier.problemOptions[name] ?? "unset")
    }
    return nil
  }
}

extension TrainerOptions {
  /// The replicas that get a micro-batch: on their number the bits depend.
  var usedReplicas: Int {
    min(replicas ?? 1, ((batchSize ?? 1) - 1) / microBatchSize + 1)
  }
}

extension ModelSettings {
  /// The first thing that differs, as `the name is a, was b`.
  fileprivate func difference(from earlier: ModelSettings) -> String? {
    if self == earlier { return nil }
    if kind != earlier.kind { return "the model is \(kind), was \(earlier.kind)" }
    let (new, old) = (hyperparameters.values, earlier.hyperparameters.values)
    for name in Img2ImgHyperparameters.names where new[name] != old[name] {
      return "\(name) is \(new[name] ?? "unset"), was \(old[name] ?? "unset")"
    }
    return normalization == earlier.normalization
      ? "the model's inputs are of \(inputRows)×\(inputColumns), were of "
        + "\(earlier.inputRows)×\(earlier.inputColumns)"
      : "the model's normalization has changed"
  }
}

extension Img2ImgHyperparameters {
  /// The hyperparameters as texts, by their names.
  fileprivate var values: [String: String] {
    guard let data = try? JSONEncoder().encode(self),
      let fields = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return [:] }
    return fields.mapValues { "\($0)" }
  }
}

extension Optimizer {
  /// The optimizer with cosines that all end at the same step.
  fileprivate var withoutEnd: Optimizer {
    var copy = self
    copy.schedule = Schedule(
      schedule.factors.map { factor in
        guard case .cosineDecay(_, let floor, let start) = factor else { return factor }
        return .cosineDecay(steps: start + 1, floor: floor, start: start)
      })
    return copy
  }
}
