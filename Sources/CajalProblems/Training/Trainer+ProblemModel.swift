import CajalModels
public import CajalTraining

extension Trainer where M: ProblemModel {
  /// A trainer with the optimizers that the model's hyperparameters describe.
  ///
  /// - Parameters:
  ///   - model: The initial model.
  ///   - steps: The length of the run, on which schedules may depend.
  ///   - run: The run folder.
  ///   - options: The trainer options.
  public init(
    model: M, steps: Int, run: String, options: TrainerOptions = TrainerOptions()
  ) {
    self.init(
      model: model, optimizer: model.hyperparameters.optimizer(steps: steps),
      groups: model.hyperparameters.groups(steps: steps), run: run, options: options)
  }

  /// Takes the optimizers that the model's hyperparameters describe for a run of another length.
  public mutating func setOptimizers(steps: Int) {
    optimizer = model.hyperparameters.optimizer(steps: steps)
    groups = model.hyperparameters.groups(steps: steps)
  }
}
