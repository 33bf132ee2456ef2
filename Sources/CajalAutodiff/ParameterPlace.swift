import CajalSupport

/// A parameter's group and its first element in the group's buffer, in one word: variables are
/// copied at every operation.
struct ParameterPlace: Sendable {
  private let bits: Int

  /// A place; traps for more groups or elements than any model has.
  init(group: Int, offset: Int) {
    require(
      (0..<(1 << 15)).contains(group) && (0..<(1 << 48)).contains(offset),
      "there is no place for element \(offset) of group \(group)")
    bits = group << 48 | offset
  }

  var group: Int { bits >> 48 }
  var offset: Int { bits & (1 << 48 - 1) }
}
