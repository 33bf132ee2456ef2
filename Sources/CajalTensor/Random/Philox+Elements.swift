import Foundation

extension Philox {
  /// Word `element` of the sequence `key`. Sequences repeat after 2³⁴ elements.
  package static func word(_ key: RandomKey, element: Int) -> UInt32 {
    block(key, UInt32(truncatingIfNeeded: element / 4))[element % 4]
  }

  /// A word as a number in [low, high): `low + (high - low) * uniform(word)` in Float, and never
  /// `high`, which that may round to.
  package static func uniform(_ word: UInt32, low: Float, high: Float) -> Float {
    min(low + (high - low) * uniform(word), high.nextDown)
  }

  /// Element `element` of a standard normal sequence.
  ///
  /// Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958): words u₁ and u₂
  /// of a pair of elements, as numbers in (0, 1] and [0, 1), give `√(-2 ln u₁) cos 2πu₂` and
  /// `√(-2 ln u₁) sin 2πu₂`. In Double, so that 32 random bits count: the largest magnitude is
  /// 6.66.
  package static func normal(_ key: RandomKey, element: Int) -> Double {
    let words = block(key, UInt32(truncatingIfNeeded: element / 4))
    let pair = element % 4 & 2
    let radius = (-2 * log((Double(words[pair]) + 1) * 0x1p-32)).squareRoot()
    let angle = 2 * Double.pi * Double(words[pair + 1]) * 0x1p-32
    return radius * (element % 2 == 0 ? cos(angle) : sin(angle))
  }
}
