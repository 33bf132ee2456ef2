import CCajalCUDA
import Testing

extension EmulatedDevice {
  /// Does work on several buffers and returns what is in them then. Each begins `offset` elements
  /// after a multiple of 16 bytes.
  func run(
    _ buffers: [[Float]], offset: Int = 0, _ work: (_ memory: [cajal_cuda_address]) -> Void
  ) -> [[Float]] {
    var starts: [Int] = []
    var numbers: [Float] = []
    for buffer in buffers {
      numbers += [Float](repeating: .nan, count: (4 - numbers.count % 4) % 4 + offset)
      starts.append(numbers.count)
      numbers += buffer
    }
    numbers = run(on: numbers) { memory in
      work(starts.map { memory + cajal_cuda_address(4 * $0) })
    }
    return zip(starts, buffers).map { Array(numbers[$0..<$0 + $1.count]) }
  }

  /// Two runs, with and without 16-byte accesses, which must have the same bits.
  func runBothWays(
    _ buffers: [[Float]], _ work: (_ memory: [cajal_cuda_address]) -> Void
  ) -> [[Float]] {
    let results = run(buffers, work)
    let unaligned = run(buffers, offset: 1, work)
    for (result, other) in zip(results, unaligned) {
      let isSame = zip(result, other).allSatisfy { $0.bitPattern == $1.bitPattern }
      #expect(isSame, "alignment shows")
    }
    return results
  }
}

/// Integers as the floats that have their bits.
func bits(_ integers: [Int]) -> [Float] {
  integers.map { Float(bitPattern: UInt32(bitPattern: Int32($0))) }
}

/// Numbers in -1 ..< 1 that look random.
func numbers(_ count: Int, seed: Int = 0) -> [Float] {
  (0..<count).map { i in
    var word = UInt64(i + 1) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(seed) &* 0xD1B5_4A32_D192_ED03
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    return Float(Int32(truncatingIfNeeded: word >> 32)) * 0x1p-31
  }
}

/// Compares with what is computed in Double.
func expectClose(
  _ result: [Float], _ expected: [Double], _ tolerance: Double, _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(result.count == expected.count, sourceLocation: sourceLocation)
  for (i, (a, b)) in zip(result, expected).enumerated()
  where !(abs(Double(a) - b) <= tolerance * (1 + abs(b)) || Double(a) == b) {
    Issue.record("\(name): \(a) at \(i) is not \(b)", sourceLocation: sourceLocation)
    return
  }
}
