import ArgumentParser
import Foundation

/// Finds options that are given twice where only one value counts: the parser takes the last one
/// silently.
enum OptionRepetition {
  /// Checks the arguments of the program, the first of which is the command's name.
  ///
  /// - Throws: `ValidationError` that names the first option that is given twice.
  static func check(_ arguments: [String]) throws {
    let command = CajalCommand.configuration.subcommands.first {
      $0.configuration.commandName == arguments.first
    }
    guard let command else { return }
    let options = try options(of: command)
    var seen: Set<Int> = []
    var isValue = false
    for argument in arguments.dropFirst().prefix(while: { $0 != "--" }) {
      if isValue && !argument.hasPrefix("-") {
        isValue = false
        continue
      }
      let name = String(argument.prefix { $0 != "=" })
      guard let option = options.first(where: { $0.spellings.contains(name) }) else {
        isValue = false
        continue
      }
      isValue = name == argument
      guard option.isRepeating || seen.insert(option.number).inserted else {
        throw ValidationError("\(option.spellings.last ?? name) is given twice; it has one value")
      }
    }
  }

  /// An option with a value.
  private struct Option {
    let number: Int
    let isRepeating: Bool
    /// With their hyphens, the shortest first.
    let spellings: [String]
  }

  private static func options(of command: any ParsableCommand.Type) throws -> [Option] {
    let description = Data(command._dumpHelp().utf8)
    let arguments = try JSONDecoder().decode(Description.self, from: description).command.arguments
    return (arguments ?? []).enumerated().compactMap { number, argument in
      guard argument.kind == "option" else { return nil }
      let spellings = (argument.names ?? []).map { name in
        (name.kind == "long" ? "--" : "-") + name.name
      }
      return Option(
        number: number, isRepeating: argument.isRepeating,
        spellings: spellings.sorted { $0.count < $1.count })
    }
  }

  /// The part of the parser's description of a command that is needed here.
  private struct Description: Decodable {
    struct Command: Decodable { let arguments: [Argument]? }
    struct Argument: Decodable {
      let kind: String
      let isRepeating: Bool
      let names: [Name]?
    }
    struct Name: Decodable { let kind, name: String }

    let command: Command
  }
}
