import ArgumentParser
import Cajal

/// The option for the white level of 16-bit pictures.
struct WhiteLevelOptions: ParsableArguments {
  @Option(
    help: """
      The value of white in 16-bit pictures, 1 to 65535, such as 4095 for a 12-bit camera: values \
      up to it become 0 to 255. 8-bit pictures stay as they are.
      """)
  var whiteLevel: Int?

  func validate() throws { try Self.validate(whiteLevel, option: "--white-level") }

  /// Checks that a value is one of 16 bits.
  static func validate(_ value: Int?, option: String) throws {
    guard let value, !(1...65535).contains(value) else { return }
    throw ValidationError("\(option) is from 1 to 65535, not \(value)")
  }
}

extension UsedRange {
  /// The used range in words.
  var text: String { "\(bits) of 16 bits (the largest value is \(largestValue))" }
}
