import Foundation

/// Philox 4×32-10, the counter-based generator of Salmon et al., "Parallel Random Numbers: As Easy
/// as 1, 2, 3" (SC 2011).
package enum Philox {
  /// The four words of block `index` of the sequence `key`.
  package static func block(_ key: RandomKey, _ index: UInt32) -> SIMD4<UInt32> {
    var counter = SIMD4<UInt32>(
      index, key.stream, UInt32(truncatingIfNeeded: key.step),
      UInt32(truncatingIfNeeded: key.step >> 32))
    var k0 = UInt32(truncatingIfNeeded: key.seed)
    var k1 = UInt32(truncatingIfNeeded: key.seed >> 32)
    for _ in 0..<10 {
      let a = UInt64(counter.x) * 0xD251_1F53
      let b = UInt64(counter.z) * 0xCD9E_8D57
      counter = SIMD4(
        UInt32(truncatingIfNeeded: b >> 32) ^ counter.y ^ k0, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ counter.w ^ k1, UInt32(truncatingIfNeeded: a))
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return counter
  }
}

extension Philox {
  /// A word as a number in [0, 1): its upper 24 bits over 2²⁴.
  package static func uniform(_ word: UInt32) -> Float { Float(word >> 8) * 0x1p-24 }

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
