import ArgumentParser
import Cajal

extension TrainCommand {
  /// Checks that a model with these hyperparameters can be fine-tuned against a discriminator, if
  /// `--adversarial` or `--adversarial-code` asks for that.
  func checkAdversarial(_ hyperparameters: some ModelHyperparameters) throws {
    let names = type(of: hyperparameters).names
    guard !names.contains("adversarial_weight") else { return }
    let options = [
      ("--adversarial", adversarial != nil), ("--adversarial-code", adversarialCode != nil),
    ]
    for (option, isGiven) in options where isGiven {
      throw ValidationError(
        "\(option) is for restoration models, and this model is another kind; see cajal info")
    }
  }
}
