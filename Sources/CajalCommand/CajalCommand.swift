import ArgumentParser

/// The command line: each subcommand is in a file of its own.
@main
struct CajalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cajal",
    abstract: "Train image-to-image transformers on pictures of tissue, and use them.",
    subcommands: [DatagenCommand.self, TrainCommand.self, VerifyCommand.self])
}
