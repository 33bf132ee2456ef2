import ArgumentParser
import Cajal

/// The command line: each subcommand has its own file.
@main
struct CajalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cajal",
    abstract: "Train image-to-image transformers on pictures of tissue, and use them.",
    discussion: """
      Begin with: cajal demo

      With your own pictures: cajal datagen, cajal train, cajal evaluate, cajal upsample. Each \
      command has an example in its --help. CAJAL_ISA=avx512, avx2 or scalar forces an \
      instruction set.

      Exit status: 0 for success; 1 when the work failed; 2 when an option or a file is wrong; \
      129, 130 or 143 when SIGHUP, Ctrl-C or SIGTERM stopped it (train writes a checkpoint first, \
      and train --resume continues).
      """,
    version: "0.1.0",
    subcommands: [
      DemoCommand.self, DatagenCommand.self, ExamplesCommand.self, TrainCommand.self,
      RunsCommand.self, ReportCommand.self, ChartCommand.self, EvaluateCommand.self,
      CompareCommand.self, PredictCommand.self, UpsampleCommand.self,
      VerifyCommand.self, InfoCommand.self,
    ])

  /// Runs the command given by the arguments. Errors are one line on standard error; see
  /// ``ExitStatus``.
  static func main() async {
    let arguments = RawArguments.all
    do {
      try CommandNameCheck.check(arguments)
      var command = try parseAsRoot(prepared(arguments))
      _ = try InstructionSet.requested()
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

  /// The arguments prepared for the parser; see ``KnownOptions``.
  static func prepared(_ arguments: [String]) throws -> [String] {
    let command = configuration.subcommands.first {
      $0.configuration.commandName == arguments.first
    }
    guard let command else { return arguments }
    return try KnownOptions(of: command).prepared(arguments)
  }

  /// The names of the commands.
  static var commandNames: [String] {
    configuration.subcommands.compactMap { $0.configuration.commandName }
  }
}
