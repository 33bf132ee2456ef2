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

  /// The most probable class where the enlarged input is `base`.
  ///
  /// Differences are known modulo 256 only: what the network gives to a small step beyond white,
  /// because it knows steps of this size from elsewhere, lands on nearly black. Where the input
  /// really is enlarged, a most probable step of at most ``nearMiss`` beyond an end of the scale is
  /// such a near miss, and the most probable class that goes around no end is taken. An input as
  /// large as its target can be black where the target is nearly white, as in a hole to be filled:
  /// there the step is meant.
  static func mode(
    _ logits: UnsafeBufferPointer<Float>, base: UInt8?, isEnlarged: Bool
  ) -> UInt8 {
    let mode = UInt8(CategoricalDistribution(classes: logits.count).mode(logits))
    guard let base, isEnlarged, wraps(mode, base: base),
      abs(Int(mode) - Int(center)) <= nearMiss
    else { return mode }
    var nearest = center
    for index in 0..<logits.count
    where !wraps(UInt8(index), base: base) && logits[index] > logits[Int(nearest)] {
      nearest = UInt8(index)
    }
    return nearest
  }

  /// How far beyond an end of the scale a near miss goes.
  private static let nearMiss = 16

  /// Whether a class can occur where `mode` is the most probable one and the enlarged input is
  /// `base`.
  ///
  /// Classes are read by their distance from the most probable value: one that would be nearer to
  /// it around an end of the scale than along it is a near miss of that end and cannot occur,
  /// unless neither of the two goes around an end.
  static func isPossible(_ index: UInt8, mode: UInt8, base: UInt8) -> Bool {
    let distance = abs(Int(value(of: index, base: base)) - Int(value(of: mode, base: base)))
    return distance < 128 || !(wraps(index, base: base) || wraps(mode, base: base))
  }

  /// Whether the difference of a class, taken as one of -128 ... 127, leaves the values of a
  /// sub-pixel.
  private static func wraps(_ index: UInt8, base: UInt8) -> Bool {
    !(0...255).contains(Int(base) + Int(index) - Int(center))
  }

  /// Calls `body` with the logits, minus infinity for classes that cannot occur; see
  /// ``isPossible(_:mode:base:)``. Where classes are values, all of them can.
  static func withPossible<Result>(
    _ logits: UnsafeBufferPointer<Float>, mode: UInt8, base: UInt8?,
    _ body: (UnsafeBufferPointer<Float>) -> Result
  ) -> Result {
    guard let base else { return body(logits) }
    let possible = logits.enumerated().map { index, logit in
      isPossible(UInt8(index), mode: mode, base: base) ? logit : -.infinity
    }
    return possible.withUnsafeBufferPointer(body)
  }
}
