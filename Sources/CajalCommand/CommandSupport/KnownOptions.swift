import ArgumentParser
import Foundation

/// The options of a command, from the parser's description, for checks that the parser lacks.
struct KnownOptions {
  /// An option that takes a value.
  private struct Option {
    let name: String
    let isRepeating: Bool
  }

  /// By all spellings, such as `--count` and `-n`.
  private var options: [String: Option] = [:]

  /// The options of a command; empty if the format of the parser's description is unknown.
  init(of command: any ParsableCommand.Type) {
    guard
      let description = try? JSONDecoder().decode(
        Description.self, from: Data(command._dumpHelp().utf8))
    else { return }
    for argument in description.command.arguments ?? [] where argument.kind == "option" {
      let names = (argument.names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }
      guard let name = names.first(where: { $0.hasPrefix("--") }) ?? names.first else { continue }
      for spelling in names {
        options[spelling] = Option(name: name, isRepeating: argument.isRepeating)
      }
    }
  }

  /// The arguments with negative numbers joined to their options: the parser would treat the `-1`
  /// of `--seed -1` as an option.
  ///
  /// - Throws: `ValidationError` for an option with one value that is given twice: the parser would
  ///   forget the first.
  func prepared(_ arguments: [String]) throws -> [String] {
    var prepared: [String] = []
    var given: [String: String] = [:]
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" { return prepared + [argument] + rest }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard argument.hasPrefix("-"), let option = options[String(parts[0])] else {
        prepared.append(argument)
        continue
      }
      var value = parts.count == 2 ? String(parts[1]) : nil
      prepared.append(argument)
      if value == nil, let next = rest.first, !next.hasPrefix("-") || Self.isNegative(next) {
        rest.removeFirst()
        value = next
        if Self.isNegative(next) {
          prepared[prepared.count - 1] += "=" + next
        } else {
          prepared.append(next)
        }
      }
      guard let value, !option.isRepeating else { continue }
      if let earlier = given.updateValue(value, forKey: option.name) {
        let values = earlier == value ? "" : ", as \(earlier) and as \(value)"
        throw ValidationError("\(option.name) is given twice\(values); give it once")
      }
    }
    return prepared
  }

  private static func isNegative(_ text: String) -> Bool {
    guard text.hasPrefix("-"), let second = text.dropFirst().first else { return false }
    return (second.isNumber || second == ".") && Double(text) != nil
  }

  /// The used part of the parser's description.
  private struct Description: Decodable {
    struct Name: Decodable {
      var kind: String
      var name: String
    }

    struct Argument: Decodable {
      var kind: String
      var isRepeating: Bool
      var names: [Name]?
    }

    struct Command: Decodable {
      var arguments: [Argument]?
    }

    var command: Command
  }
}
