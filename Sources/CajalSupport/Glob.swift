/// A shell pattern: `*` is any text, `?` one character, `[a-z]` one of a set and `[!a-z]` one that
/// is not; a backslash takes the next character as it is.
///
/// Characters are grapheme clusters compared by canonical equivalence, so `?` matches "ä" however
/// it is composed.
package struct Glob: Sendable {
  private enum Part {
    case anyText
    case anyCharacter
    case one(Character)
    case set([ClosedRange<Character>], isNegated: Bool)

    func matches(_ character: Character) -> Bool {
      switch self {
      case .anyText: false
      case .anyCharacter: true
      case .one(let expected): character == expected
      case .set(let ranges, let isNegated):
        ranges.contains { $0.contains(character) } != isNegated
      }
    }
  }

  private let parts: [Part]

  /// The pattern with a spelling. An unclosed bracket matches itself.
  package init(_ pattern: String) {
    var rest = Substring(pattern)
    var parts: [Part] = []
    while let character = rest.popFirst() {
      switch character {
      case "*": parts.append(.anyText)
      case "?": parts.append(.anyCharacter)
      case "[":
        if let (set, end) = Self.set(at: rest) {
          parts.append(set)
          rest = rest[end...]
        } else {
          parts.append(.one("["))
        }
      case "\\": parts.append(.one(rest.popFirst() ?? "\\"))
      default: parts.append(.one(character))
      }
    }
    self.parts = parts
  }

  /// The set whose opening bracket precedes `text`, and the rest after it.
  private static func set(at text: Substring) -> (Part, end: String.Index)? {
    var rest = text
    let isNegated = rest.first == "!" || rest.first == "^"
    if isNegated { rest.removeFirst() }
    var ranges: [ClosedRange<Character>] = []
    while var first = rest.popFirst() {
      if first == "]", !ranges.isEmpty {
        return (.set(ranges, isNegated: isNegated), rest.startIndex)
      }
      if first == "\\", let escaped = rest.popFirst() { first = escaped }
      var last = first
      if rest.first == "-", let next = rest.dropFirst().first, next != "]" {
        rest.removeFirst(2)
        last = next
      }
      ranges.append(min(first, last)...max(first, last))
    }
    return nil
  }

  /// Whether the pattern matches the whole text.
  package func matches(_ text: String) -> Bool {
    let text = Array(text)
    // Where to resume when the parts after the last `*` do not match: that `*` takes one more
    // character.
    var retry: (part: Int, position: Int)?
    var (part, position) = (0, 0)
    while position < text.count || part < parts.count {
      if part < parts.count, case .anyText = parts[part] {
        retry = (part, position)
        part += 1
      } else if part < parts.count, position < text.count, parts[part].matches(text[position]) {
        part += 1
        position += 1
      } else if let last = retry, last.position < text.count {
        retry = (last.part, last.position + 1)
        part = last.part + 1
        position = last.position + 1
      } else {
        return false
      }
    }
    return true
  }
}
