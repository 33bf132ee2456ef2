import ArgumentParser
import Cajal
import CajalSupport
import CajalVerification
import Foundation

/// The exit status of a command: 0 for success, 1 for a failure, 2 for invalid input (options or
/// files), and 128 plus the signal's number if a signal stopped it.
enum ExitStatus {
  static let failedWork: Int32 = 1
  static let wrongInput: Int32 = 2
  /// The offset that shells add to the number of a signal.
  static let signalBase: Int32 = 128

  /// Prints an error as one line on standard error and exits. Also answers requests for help and
  /// versions, which the parser throws as well.
  static func exit(with error: any Error, arguments: [String]) -> Never {
    if let code = error as? ExitCode {
      // Flushing the output must not replace this status if its reader has exited.
      signal(SIGPIPE, SIG_IGN)
      Foundation.exit(code.rawValue)
    }
    let parserCode = CajalCommand.exitCode(for: error)
    if parserCode.isSuccess { CajalCommand.exit(withError: error) }
    let isUsage = parserCode == .validationFailure
    var message = "cajal: " + oneLine(isUsage ? CajalCommand.message(for: error) : "\(error)")
    let command = CajalCommand.configuration.subcommands.first {
      $0.configuration.commandName == arguments.first
    }
    if let wayOut = WayOut.text(for: error), command.map({ takes(wayOut, $0) }) ?? false {
      message += "; " + wayOut
    }
    if isUsage, !(error is ValidationError) {
      if let command, let complaint = unknownOption(among: arguments, of: command) {
        message = "cajal: " + complaint
      }
      let name = command?.configuration.commandName.map { "\($0) " } ?? ""
      message += " (see cajal \(name)--help)"
    }
    StandardError.write(message + "\n")
    Foundation.exit(isUsage ? wrongInput : status(of: error))
  }

  /// Whether a command has the options named in a text.
  private static func takes(_ text: String, _ command: any ParsableCommand.Type) -> Bool {
    let known = options(of: command)
    return text.matches(of: /--[a-z-]+/).allSatisfy { known.contains(String($0.output)) }
  }

  /// The long options of a command.
  private static func options(of command: any ParsableCommand.Type) -> [String] {
    CajalCommand.helpMessage(for: command).matches(of: /--[a-z-]+/).map { String($0.output) }
  }

  /// Whether a library error is about invalid input.
  static func status(of error: any Error) -> Int32 {
    switch error {
    case let error as FileError:
      ["read", "list", "open run folder", "use checkpoint"].contains(error.attempt)
        ? wrongInput : failedWork
    case let error as ImageError: error.kind == .unwritable ? failedWork : wrongInput
    case TrainingError.diverged, TrainingError.overflowed: failedWork
    case CUDAError.failedCall, CUDAError.failedCompilation: failedWork
    case AtlasError.unusableServer, AtlasError.unusableQuery: wrongInput
    case is TrainingError, is ProblemError, is HyperparameterError, is PictureSizeError,
      is PredictionError, is SafetensorsError, is FixtureError, is InstructionSetError,
      is CUDAError:
      wrongInput
    default: failedWork
    }
  }

  /// The first option that the command does not have. The parser reports missing options first,
  /// even if one is missing because it was misspelled.
  private static func unknownOption(
    among arguments: [String], of command: any ParsableCommand.Type
  ) -> String? {
    let known = options(of: command)
    let given = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }.map {
      String($0.prefix { $0 != "=" })
    }
    guard let unknown = given.first(where: { !known.contains($0) })
    else { return nil }
    let nearest = Spelling.nearest(to: unknown, in: known)
    return "there is no option \(unknown)" + (nearest.map { "; did you mean \($0)?" } ?? "")
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .joined(separator: " ")
  }
}
