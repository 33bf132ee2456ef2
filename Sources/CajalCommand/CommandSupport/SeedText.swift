import ArgumentParser

/// Parses seeds.
enum SeedText {
  /// The seed.
  ///
  /// - Throws: `ValidationError` for an invalid seed, such as -1.
  static func parse(_ text: String) throws -> UInt64 {
    guard let seed = UInt64(text) else {
      throw ValidationError("a seed is a whole number from 0 to \(UInt64.max)")
    }
    return seed
  }
}
