import ArgumentParser
import Cajal

extension TrainCommand {
  /// Checks that a model with these hyperparameters can be fine-tuned against a discriminator, if
  /// `--adversarial` asks for that.
  func checkAdversarial(_ hyperparameters: some ModelHyperparameters) throws {
    let names = type(of: hyperparameters).names
    guard adversarial == nil || names.contains("adversarial_weight") else {
      throw ValidationError(
        "--adversarial is for restoration models, and this model is another kind; see cajal info")
    }
  }
}
