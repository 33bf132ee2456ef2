import CCajalCUDA
import Foundation
import Testing

/// Kernels of random numbers and of optimizers.
@Suite struct OptimizationKernelTests {
  /// A key, and the words of its first block, as the CPU has them.
  private let key = cajal_cuda_random_key(seed: (0, 0), stream: 0, step: (0, 0))
  private let words: [UInt32] = [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]

  @Test(arguments: KernelTests.devices) func randomNumbersAreTheCPUs(device: Int) {
    let machine = EmulatedDevice(device)
    let threshold: UInt32 = 0xA000_0000
    for count in [1, 2, 3, 4, 5, 1030] {
      let x = numbers(count)
      let residual = numbers(count, seed: 1)
      let run = machine.runBothWays([x, x, x, x, residual]) { m in
        machine.launch(
          "cajal_random_uniform", file: "random.cu", key, Float(-1), Float(1),
          Float(1).nextDown, m[0], count)
        machine.launch(
          "cajal_random_normal", file: "random.cu", key, Float(1), Float(2), m[1], count)
        let dropout = cajal_cuda_dropout(key: key, threshold: threshold, scale: 2.5)
        for (x, residual) in [(m[2], 0), (m[3], m[4])] {
          machine.launch("cajal_dropout", file: "random.cu", x, dropout, residual, x, count)
        }
      }
      for (i, word) in words.enumerated().prefix(count) {
        #expect(run[0][i] == -1 + 2 * (Float(word >> 8) * 0x1p-24))
        #expect(run[2][i] == (word >= threshold ? x[i] * 2.5 : 0))
        #expect(run[3][i] == run[2][i] + residual[i])
        let radius = (-2 * log((Double(words[i & ~1]) + 1) * 0x1p-32)).squareRoot()
        let angle = 2 * Double.pi * Double(words[i | 1]) * 0x1p-32
        let normal = 1 + 2 * radius * (i % 2 == 0 ? cos(angle) : sin(angle))
        #expect(abs(Double(run[1][i]) - normal) < 5e-7)
      }
    }
  }

  /// Many normal numbers have the moments of the normal distribution.
  @Test func normalNumbersAreNormal() {
    let machine = EmulatedDevice(0)
    let count = 40_000
    let x = machine.run(on: [Float](repeating: 0, count: count)) { memory in
      machine.launch(
        "cajal_random_normal", file: "random.cu", key, Float(0), Float(1), memory, count)
    }.map(Double.init)
    for (power, moment) in [(1, 0.0), (2, 1), (3, 0), (4, 3)] {
      let mean = x.reduce(0) { $0 + pow($1, Double(power)) } / Double(count)
      #expect(abs(mean - moment) < 0.2)
    }
  }

  @Test(arguments: KernelTests.devices) func adam(device: Int) {
    let machine = EmulatedDevice(device)
    let step = cajal_cuda_adam(
      step_size: 0.125, beta1: 0.875, beta2: 0.96875, epsilon: 0x1p-10, gradient_scale: 2,
      decay: 0x1p-6)
    let ends = [1, 2, 5, 9, 500, 1025]
    var decayed = cajal_cuda_decayed()
    decayed.count = Int32(ends.count)
    (decayed.ends.0, decayed.ends.1, decayed.ends.2) = (1, 2, 5)
    (decayed.ends.3, decayed.ends.4, decayed.ends.5) = (9, 500, 1025)
    for count in [1, 3, 4, 1027] {
      let w = numbers(count), g = numbers(count, seed: 1), m = numbers(count, seed: 2)
      let v = numbers(count, seed: 3).map { abs($0) }
      func run(factor: Float) -> [[Float]] {
        machine.runBothWays([w, g, m, v, [factor]]) { memory in
          machine.launch(
            "cajal_adam", file: "optimization.cu", memory[0], memory[1], memory[2], memory[3],
            step, memory[4], decayed, count)
        }
      }
      #expect(run(factor: .nan).dropLast() == [w, g, m, v])
      let run = run(factor: 0.25)
      let gradients = g.map { 0.5 * Double($0) }
      let first = zip(m, gradients).map { 0.875 * Double($0) + 0.125 * $1 }
      let second = zip(v, gradients).map { 0.96875 * Double($0) + 0.03125 * $1 * $1 }
      expectClose(run[2], first, 1e-6, "first moments")
      expectClose(run[3], second, 1e-6, "second moments")
      let parameters = w.indices.map { i in
        let update = 0.125 * first[i] / (second[i].squareRoot() + 0x1p-10)
        let decays = ends.filter { $0 <= i }.count % 2 == 1
        return Double(w[i]) - (update + (decays ? 0x1p-6 * Double(w[i]) : 0))
      }
      expectClose(run[0], parameters, 2e-6, "parameters")
      #expect(run[1] == g)
    }
  }

  @Test(arguments: KernelTests.devices) func momentumAndAverages(device: Int) {
    let machine = EmulatedDevice(device)
    for (count, nesterov) in [(1, false), (6, true), (1028, true)] {
      let w = numbers(count), g = numbers(count, seed: 1), m = numbers(count, seed: 2)
      let run = machine.runBothWays([w, g, m, m]) { memory in
        machine.launch(
          "cajal_momentum", file: "optimization.cu", memory[0], memory[1], memory[2], Float(0.125),
          Float(0.875), Float(0.5), Int32(nesterov ? 1 : 0), 0 as cajal_cuda_address, count)
        machine.launch(
          "cajal_moving_average", file: "optimization.cu", memory[1], memory[3], Float(0.75), count)
      }
      let kept = zip(m, g).map { 0.875 * Double($0) + 0.5 * Double($1) }
      expectClose(run[2], kept, 1e-6, "momenta")
      expectClose(
        run[0],
        w.indices.map { i in
          Double(w[i]) - 0.125 * (nesterov ? 0.5 * Double(g[i]) + 0.875 * kept[i] : kept[i])
        }, 1e-6, "parameters")
      expectClose(
        run[3], zip(m, g).map { Double($0) + 0.25 * (Double($1) - Double($0)) }, 1e-6, "averages")
    }
  }

  /// Squares that floats cannot hold count, too.
  @Test(arguments: KernelTests.devices) func sumsSquares(device: Int) {
    let machine = EmulatedDevice(device)
    for count in [1, 5, 20_003] {
      var x = numbers(count)
      x[count / 2] = 1e25
      let blocks = Int(cajal_cuda_sum_of_squares_blocks(Int64(count)))
      for offset in [0, 1] {
        let place = 4 * ((count + offset + 3) / 4)
        let memory = [Float](repeating: 0, count: offset) + x
        let padded =
          memory
          + [Float](
            repeating: 0, count: place - memory.count + 2 * blocks + 2)
        let result = machine.run(on: padded) { m in
          let partials = m + UInt64(4 * place)
          machine.launch(
            "cajal_sum_of_squares", file: "optimization.cu", blocks: blocks, threads: 256,
            m + UInt64(4 * offset), partials, count)
          machine.launch(
            "cajal_sum_doubles", file: "optimization.cu", blocks: 1, threads: 256, partials,
            partials + UInt64(8 * blocks), blocks)
        }
        let words = result.suffix(2).map(\.bitPattern)
        let sum = Double(bitPattern: UInt64(words[1]) << 32 | UInt64(words[0]))
        let expected = x.reduce(0) { $0 + Double($1) * Double($1) }
        #expect(abs(sum - expected) <= 1e-13 * expected)
      }
    }
  }
}
