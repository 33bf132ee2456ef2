import ArgumentParser

/// Range checks of numeric options.
enum NumberRange {
  /// Checks that every number is in its range.
  ///
  /// - Throws: an error that names the first invalid option and the exceeded bound.
  static func check(_ options: [(name: String, value: Int, range: ClosedRange<Int>)]) throws {
    for (name, value, range) in options where !range.contains(value) {
      throw ValidationError(
        value < range.lowerBound
          ? "\(name) is at least \(range.lowerBound), not \(value)"
          : "\(name) is at most \(range.upperBound), not \(value)")
    }
  }
}
