import CCajalCUDA
import Testing

/// The emulator's tensor cores against the layouts of fragments that the PTX ISA gives for
/// `mma.sync.m16n8k8` of TF32, `mma.sync.m16n8k16` of bfloat16, and `ldmatrix`.
@Suite struct TensorCoreTests {
  /// TF32 is rounded away from zero halfway, bfloat16 to even.
  @Test func rounds() {
    let bits: [(UInt32, tf32: UInt32, bfloat16: UInt32)] = [
      (0x3F80_0000, 0x3F80_0000, 0x3F80_0000), (0x3F80_0FFF, 0x3F80_0000, 0x3F80_0000),
      (0x3F80_1000, 0x3F80_2000, 0x3F80_0000), (0xBF80_1000, 0xBF80_2000, 0xBF80_0000),
      (0x3F80_3000, 0x3F80_4000, 0x3F80_0000), (0x3F80_8000, 0x3F80_8000, 0x3F80_0000),
      (0x3F81_8000, 0x3F81_8000, 0x3F82_0000), (0x3F80_8001, 0x3F80_8000, 0x3F81_0000),
      (0x7F7F_FFFF, 0x7F80_0000, 0x7F80_0000), (0xFF80_0000, 0xFF80_0000, 0xFF80_0000),
      (0x0000_0FFF, 0, 0), (0x8000_0000, 0x8000_0000, 0x8000_0000),
    ]
    let machine = EmulatedDevice(0)
    let memory = [Float](repeating: 0, count: bits.count)
    let results = machine.run(on: [bits.map { Float(bitPattern: $0.0) }, memory, memory]) {
      machine.launch(
        "probe_rounding", blocks: 1, threads: bits.count, $0[0], $0[1], $0[2])
    }
    #expect(results[1].map(\.bitPattern) == bits.map(\.tf32))
    #expect(results[2].map(\.bitPattern) == bits.map(\.bfloat16))
  }

  /// Small integers, whose products and sums are exact, in the places that the PTX ISA says.
  @Test(arguments: KernelTests.devices, [8, 16]) func multiplies(device: Int, inner: Int) {
    func left(_ row: Int, _ k: Int) -> Float { Float((row * 7 + k * 3) % 11 - 5) }
    func right(_ k: Int, _ column: Int) -> Float { Float((k * 5 + column * 2) % 13 - 6) }
    /// The words of a lane's numbers: a number each, or two.
    func words(_ numbers: [Float]) -> [UInt32] {
      if inner == 8 { return numbers.map(\.bitPattern) }
      return stride(from: 0, to: numbers.count, by: 2).map {
        numbers[$0].bitPattern >> 16 | numbers[$0 + 1].bitPattern & 0xFFFF_0000
      }
    }
    var a: [UInt32] = [], b: [UInt32] = [], c: [Float] = [], expected: [Float] = []
    for lane in 0..<32 {
      let (group, place) = (lane / 4, lane % 4)
      if inner == 8 {
        a += words((0..<4).map { left(group + $0 % 2 * 8, place + $0 / 2 * 4) })
        b += words((0..<2).map { right(place + $0 * 4, group) })
      } else {
        a += words(
          (0..<8).map { i in
            left(
              (0..<2).contains(i) || (4..<6).contains(i) ? group : group + 8,
              place * 2 + i % 2 + (i < 4 ? 0 : 8))
          })
        b += words((0..<4).map { right(place * 2 + $0 % 2 + ($0 < 2 ? 0 : 8), group) })
      }
      for i in 0..<4 {
        let (row, column) = (i < 2 ? group : group + 8, place * 2 + i % 2)
        c.append(Float(lane + i))
        expected.append(
          (0..<inner).reduce(Float(lane + i)) { $0 + left(row, $1) * right($1, column) })
      }
    }
    let machine = EmulatedDevice(device)
    let results = machine.run(on: [
      a.map(Float.init(bitPattern:)), b.map(Float.init(bitPattern:)), c,
    ]) {
      machine.launch(
        "probe_multiply_add", blocks: 1, threads: 32, $0[0], $0[1], $0[2],
        Int32(inner == 8 ? 1 : 0))
    }
    #expect(results[2] == expected)
  }

  @Test(arguments: KernelTests.devices, [false, true])
  func loadsMatrices(device: Int, isTransposed: Bool) {
    /// The half word of a row and a column of a matrix.
    func half(_ matrix: Int, _ row: Int, _ column: Int) -> UInt32 {
      UInt32(matrix * 64 + row * 8 + column)
    }
    var numbers: [UInt32] = [], expected: [UInt32] = []
    for matrix in 0..<4 {
      for row in 0..<8 {
        for word in 0..<4 {
          numbers.append(half(matrix, row, 2 * word) | half(matrix, row, 2 * word + 1) << 16)
        }
      }
    }
    for lane in 0..<32 {
      let (line, place) = (lane / 4, 2 * (lane % 4))
      for matrix in 0..<4 {
        expected.append(
          isTransposed
            ? half(matrix, place, line) | half(matrix, place + 1, line) << 16
            : half(matrix, line, place) | half(matrix, line, place + 1) << 16)
      }
    }
    let machine = EmulatedDevice(device)
    let memory = [Float](repeating: .nan, count: 128)
    let results = machine.run(on: [numbers.map(Float.init(bitPattern:)), memory]) {
      machine.launch(
        "probe_load_matrices", blocks: 1, threads: 32, $0[0], $0[1], Int32(isTransposed ? 1 : 0))
    }
    #expect(results[1].map(\.bitPattern) == expected)
  }

  /// A copy is there when its thread has waited, and is NaN before.
  @Test(arguments: KernelTests.devices, [1, 4]) func copiesLate(device: Int, words: Int32) {
    let machine = EmulatedDevice(device)
    let x = (0..<256).map(Float.init), memory = [Float](repeating: 0, count: 256)
    for waits in [true, false] {
      let results = machine.run([x, memory]) {
        machine.launch(
          "probe_async_copy", blocks: 1, threads: 64, $0[0], $0[1], words, Int32(waits ? 1 : 0))
      }
      #expect(waits ? results[1] == x : results[1].allSatisfy(\.isNaN))
    }
  }
}
