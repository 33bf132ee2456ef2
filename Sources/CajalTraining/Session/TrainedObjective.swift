import CajalAutodiff
import CajalTensor

/// An objective with at least one trained group.
struct TrainedObjective<M: Model> {
  /// Its number in the model's objectives.
  let number: Int
  let objective: Objective
  /// The indices of the groups that are updated.
  let groups: [Int]
  let pool: ReplicaPool<M>

  /// The objectives with at least one trained group.
  static func all(
    of model: M, _ state: TrainingState<M>, _ collective: any Collective
  ) throws -> [TrainedObjective] {
    try model.objectives.enumerated().compactMap { number, objective in
      let groups = model.layout.groups.indices.filter { index in
        state.optimizers[index] != nil
          && objective.groups?.contains(model.layout.groups[index].name) ?? true
      }
      guard !groups.isEmpty else { return nil }
      let names = Set(groups.map { model.layout.groups[$0].name })
      return TrainedObjective(
        number: number, objective: objective, groups: groups,
        pool: try ReplicaPool(collective, model.layout, groups: names, on: model.parameters.device))
    }
  }
}
