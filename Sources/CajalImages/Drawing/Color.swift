/// A color of 8-bit red, green and blue.
public struct Color: Sendable, Hashable {
  /// The red part.
  public var red: UInt8
  /// The green part.
  public var green: UInt8
  /// The blue part.
  public var blue: UInt8

  /// Creates a color.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  static let ink = Color(red: 51, green: 51, blue: 51)
  static let softInk = Color(red: 110, green: 110, blue: 110)
  static let frame = Color(red: 205, green: 205, blue: 205)
}
