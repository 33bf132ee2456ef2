/// The 256 classes of a sub-pixel: its value, or its difference modulo 256 from the enlarged input.
enum TargetClasses {
  /// The class that stands for no difference: differences of -128 ... 127 do not wrap.
  private static let center: UInt8 = 128

  /// The class of `value` where the enlarged input is `base` (`nil` where classes are values).
  static func index(of value: UInt8, base: UInt8?) -> UInt8 {
    base.map { value &- $0 &+ center } ?? value
  }

  /// The value that a class stands for.
  static func value(of index: UInt8, base: UInt8?) -> UInt8 {
    base.map { index &+ $0 &- center } ?? index
  }
}
