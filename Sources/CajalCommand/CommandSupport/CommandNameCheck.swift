import ArgumentParser
import CajalSupport

/// Detects an unknown command name, which the parser would report as a superfluous argument.
enum CommandNameCheck {
  /// Checks the arguments of the program.
  ///
  /// - Throws: `ValidationError` with a suggestion.
  static func check(_ arguments: [String]) throws {
    guard let first = arguments.first else { return }
    if first == "help" {
      if let name = arguments.dropFirst().first(where: { !$0.hasPrefix("-") }) { try check(name) }
    } else if !first.hasPrefix("-") {
      try check(first)
    } else if !["-h", "--help", "--help-hidden", "--version"].contains(first),
      !first.hasPrefix("--experimental-"),
      !first.hasPrefix("--generate-completion-script")
    {
      try checkOrder(arguments)
    }
  }

  private static func check(_ name: String) throws {
    let known = CajalCommand.commandNames + ["help"]
    guard !known.contains(name) else { return }
    let nearest = Spelling.nearest(to: name, in: known)
    throw ValidationError(
      "there is no command \(name)"
        + (nearest.map { "; did you mean \($0)?" }
          ?? "; there are \(known.joined(separator: ", "))"))
  }

  /// Options belong to a command and come after its name.
  private static func checkOrder(_ arguments: [String]) throws {
    let names = arguments.filter { !$0.hasPrefix("-") }
    let known = CajalCommand.commandNames
    // A known name anywhere is a better guess than a similar value.
    let command =
      names.first(where: known.contains)
      ?? names.lazy.compactMap { Spelling.nearest(to: $0, in: known) }.first
    throw ValidationError(
      "\(arguments[0]) comes after the name of a command"
        + (command.map { "; did you mean cajal \($0) \(arguments[0])?" }
          ?? "; the commands are \(known.joined(separator: ", "))"))
  }
}
