import ArgumentParser
import Cajal
import CajalFiles

/// The command line: each subcommand is in a file of its own.
@main
struct CajalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cajal",
    abstract: "Train image-to-image transformers on pictures of tissue, and use them.",
    discussion: """
      Begin with: cajal demo

      A training of your own: cajal datagen, cajal train, cajal evaluate, cajal upsample. Each command \
      has an example in its --help. CAJAL_ISA=avx512, avx2 or scalar forces an instruction set.
      """,
    version: "0.1.0",
    subcommands: [
      DemoCommand.self, DatagenCommand.self, ExamplesCommand.self, TrainCommand.self,
      ChartCommand.self, EvaluateCommand.self, CompareCommand.self, PredictCommand.self,
      UpsampleCommand.self,
      VerifyCommand.self, InfoCommand.self,
    ])

  /// Runs the command that the arguments name. What goes wrong is one line on the standard error; see
  /// ``ExitStatus``.
  static func main() async {
    let arguments = RawArguments.all
    do {
      try checkCommandName(arguments)
      var command = try parseAsRoot(arguments)
      _ = try CPUBackend.requestedInstructionSet()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      try StandardOutput.finish()
    } catch {
      ExitStatus.exit(with: error, arguments: arguments)
    }
  }

  /// The parser takes an unknown command for a superfluous argument; this says what was probably meant.
  private static func checkCommandName(_ arguments: [String]) throws {
    let known = commandNames + ["help"]
    guard let name = arguments.first, !name.hasPrefix("-"), !known.contains(name) else { return }
    let nearest = Spelling.nearest(to: name, in: known)
    throw ValidationError(
      "there is no command \(name)"
        + (nearest.map { "; did you mean \($0)?" } ?? "; there are \(known.joined(separator: ", "))")
    )
  }

  /// The names of the commands.
  static var commandNames: [String] {
    configuration.subcommands.compactMap { $0.configuration.commandName }
  }
}
