import CajalSupport
import CajalTensor

/// A random permutation of `0 ..< count` that takes no memory: each image is computed on its own.
///
/// A Feistel network over the smallest even number of bits that holds all positions, whose round
/// function is Philox, applied until the result is below `count` ("cycle walking", Black and
/// Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002): fewer than four times on
/// average.
struct SeededPermutation: Sendable {
  private static let rounds: UInt32 = 8

  private let count: Int
  private let key: RandomKey
  private let halfBits: Int

  /// The permutation of `0 ..< count` that a key names.
  init(count: Int, key: RandomKey) {
    require(count > 0 && count <= 1 << 60, "cannot permute \(count) elements")
    self.count = count
    self.key = key
    let bits = Int.bitWidth - (count - 1).leadingZeroBitCount
    halfBits = max(1, (bits + 1) / 2)
  }

  /// The image of `position`.
  subscript(position: Int) -> Int {
    require(position >= 0 && position < count, "there is no position \(position) in \(count)")
    var value = position
    repeat { value = mixed(value) } while value >= count
    return value
  }

  /// One pass of the network, a permutation of all numbers of `2 · halfBits` bits.
  private func mixed(_ value: Int) -> Int {
    let mask = 1 << halfBits - 1
    var (left, right) = (value >> halfBits, value & mask)
    for round in 0..<Self.rounds {
      var roundKey = key
      roundKey.stream ^= round << 24
      let word = Philox.block(roundKey, UInt32(truncatingIfNeeded: right))
      (left, right) = (right, (left ^ Int(word.x)) & mask)
    }
    return left << halfBits | right
  }
}
