import ArgumentParser

/// Texts of the form name=value.
enum OptionTexts {
  /// The values by name.
  static func parse(_ texts: [String]) throws -> [String: String] {
    var values: [String: String] = [:]
    for text in texts {
      guard let equals = text.firstIndex(of: "=") else {
        throw ValidationError("\(text) is not of the form name=value")
      }
      let name = String(text[..<equals])
      let value = String(text[text.index(after: equals)...])
      if let earlier = values.updateValue(value, forKey: name), earlier != value {
        throw ValidationError(
          "option \(name) is given twice, as \(earlier) and as \(value); give it once")
      }
    }
    return values
  }
}
