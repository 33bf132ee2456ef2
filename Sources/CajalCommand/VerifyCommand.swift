import ArgumentParser
import CajalVerification

/// `cajal verify`: replays what the original computed.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compare the model with numbers that tensor2tensor computed.",
    discussion: """
      Replays every case that the folder's index.json lists and prints the errors: the norm of the \
      difference over the norm of the original. The exit status is 1 if a case misses its tolerance.
      """)

  @Argument(help: "A folder of cases: index.json, sidecars and safetensors files.")
  var folder: String

  @Option(name: .customLong("case"), help: "Replay only the case of this name.")
  var caseName: String?

  @Flag(help: "Print a JSON object a line.")
  var json = false

  func run() throws {
    let fixtures = try FixtureFolder(folder)
    let replay = FixtureReplay(fixtures)
    for fixture in fixtures.cases where caseName == nil || fixture.name == caseName {
      let result = replay.replay(fixture)
      let figures = ["logits", "loss", "gradient", "weights", "pixels"].compactMap { kind in
        result.worst(kind).map { "\(kind) \($0.error)" }
      }
      print(
        result.name, result.outcome.rawValue, result.reason ?? "", figures.joined(separator: "  "))
    }
  }
}
