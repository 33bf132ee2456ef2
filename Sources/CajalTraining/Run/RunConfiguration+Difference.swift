import CajalOptimizers
import Foundation

extension RunConfiguration {
  /// Checks that a run that was begun with `earlier` can continue with this configuration to the
  /// same bits.
  ///
  /// The location of the data, intervals, and (unless a schedule depends on it) the number of steps
  /// may change.
  ///
  /// - Parameters:
  ///   - run: The run folder, for errors.
  ///   - madeSteps: The updates that have been made.
  /// - Throws: ``TrainingError`` with the first thing that differs.
  func checkContinues(_ earlier: RunConfiguration, run: String, madeSteps: Int) throws {
    try data.checkContinues(earlier.data, run: run)
    let (own, others) = (optimizers, earlier.optimizers)
    if steps != earlier.steps, own != others,
      own.mapValues(\.withoutEnd) == others.mapValues(\.withoutEnd)
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

  /// All optimizers by group; the default one is under the empty name.
  private var optimizers: [String: Optimizer] {
    groups.compactMapValues(\.optimizer).merging(["": optimizer]) { $1 }
  }

  /// The first disallowed difference, as `the name is a, was b`.
  private func difference(from earlier: RunConfiguration) -> String? {
    if kind != earlier.kind { return "the model is \(kind), was \(earlier.kind)" }
    if model != earlier.model { return Self.difference(model, earlier.model) }
    if optimizer != earlier.optimizer { return "the optimizer or its schedule has changed" }
    let names = Set(groups.keys).union(earlier.groups.keys).sorted()
    if let name = names.first(where: { groups[$0] != earlier.groups[$0] }) {
      return "the settings of the group \(name) have changed"
    }
    if let run = initialWeights?.run, run != earlier.initialWeights?.run {
      return "the first weights are those of \(run), were "
        + (earlier.initialWeights.map { "those of \($0.run)" } ?? "drawn")
    }
    let (new, old) = (options, earlier.options)
    let numbers: [(String, Int?, Int?)] = [
      ("batch size", new.batchSize, old.batchSize),
      ("micro-batch size", new.microBatchSize ?? 1, old.microBatchSize ?? 1),
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

  /// The first key of two configurations of a model whose values differ, as `name is a, was b`.
  private static func difference(_ new: ModelConfiguration, _ old: ModelConfiguration) -> String {
    let (new, old) = (values(of: new), values(of: old))
    for name in Set(new.keys).union(old.keys).sorted() where new[name] != old[name] {
      let isShort = max(new[name]?.count ?? 0, old[name]?.count ?? 0) <= 40
      guard isShort else { return "the model's \(name) has changed" }
      return "\(name) is \(new[name] ?? "unset"), was \(old[name] ?? "unset")"
    }
    return "the model has changed"
  }

  /// The values of a configuration by key; those of objects within it are listed among the others.
  private static func values(of configuration: ModelConfiguration) -> [String: String] {
    func collect(_ fields: [String: Any]) -> [String: String] {
      fields.reduce(into: [:]) { result, field in
        if let inner = field.value as? [String: Any] {
          result.merge(collect(inner)) { first, _ in first }
        } else {
          result[field.key] = "\(field.value)"
        }
      }
    }
    guard let json = try? JSONEncoder().encode(configuration),
      let fields = try? JSONSerialization.jsonObject(with: json) as? [String: Any]
    else { return [:] }
    return collect(fields)
  }
}

extension Optimizer {
  /// The optimizer with all cosine schedules set to the same end.
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
