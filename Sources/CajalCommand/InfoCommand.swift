import ArgumentParser
import Cajal

/// `cajal info`: information about this program and this machine.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show versions, instruction sets, GPUs, problems and sets of hyperparameters.",
    discussion: """
      Example: cajal info
      Example: cajal info --hparams cajal2d_tiny
      Example: cajal info --problem allen-brain-24to32
      """)

  @Option(
    help: """
      Print this set of hyperparameters as JSON, under tensor2tensor's names where it has them.
      """)
  var hparams: String?

  @Option(help: "Print the options of this problem with what they are by default.")
  var problem: String?

  @OptionGroup var results: ResultOutput

  func validate() throws {
    guard hparams == nil || problem == nil else {
      throw ValidationError("--hparams or --problem, not both")
    }
  }

  func run() throws {
    if let problem { return try show(problem) }
    if let hparams {
      return try Self.show(hparams, of: ModelRegistry.standard.kind(ofSet: hparams))
    }
    let information = try ProgramInformation(version: CajalCommand.configuration.version)
    try results.write(information, text: information.text)
  }

  private static func show<M: ProblemModel>(_ set: String, of kind: M.Type) throws {
    try StandardOutput.print(json: try M.Hyperparameters.named(set), pretty: true)
  }

  private func show(_ name: String) throws {
    let problem = try ProblemRegistry.standard.problem(named: name)
    let forms = (problem as? AllenBrain)?.optionForms ?? [:]
    let options = problem.options.sorted { $0.key < $1.key }.map { name, value in
      "\n  \(name)=\(value)" + (forms[name].map { "\n      \($0)" } ?? "")
    }
    try results.write(
      ProblemInformation(
        problem: name, input: "\(problem.inputShape)", target: "\(problem.targetShape)",
        options: problem.options),
      text: "\(name): \(problem.inputShape) to \(problem.targetShape)" + options.joined())
  }
}

/// What `cajal info --problem` says of a problem.
private struct ProblemInformation: Encodable {
  let problem: String
  let input: String
  let target: String
  let options: [String: String]
}
