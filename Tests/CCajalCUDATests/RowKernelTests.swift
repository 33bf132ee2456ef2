import CCajalCUDA
import Foundation
import Testing

/// Kernels of rows. Widths are those of both kinds of kernels, and of 16-byte accesses and not.
@Suite struct RowKernelTests {
  static let shapes = [
    (9, 1), (3, 31), (5, 128), (2, 300), (3, 512), (2, 513), (3, 1024), (2, 1500), (1, 2052),
  ]
  /// The kernel and the blocks for rows of a width, of those that there are.
  private func kernel(
    _ name: String, _ rows: Int, _ width: Int, hasMedium: Bool = false
  ) -> (name: String, blocks: Int) {
    let narrow = Int(CAJAL_CUDA_WARP_WIDTH), blocks = max((rows + 15) / 16, 1)
    if width <= narrow { return (name, blocks) }
    if hasMedium, width <= 2 * narrow { return (name + "_medium", blocks) }
    return (name + "_wide", max(rows / 2, 1))
  }

  @Test(arguments: KernelTests.devices) func softmax(device: Int) {
    let machine = EmulatedDevice(device)
    for (rows, width) in Self.shapes {
      let x = numbers(rows * width).map { 4 * $0 }
      let g = numbers(rows * width, seed: 1)
      for logarithm in [false, true] {
        let run = machine.runBothWays([x, g, x, x]) { memory in
          let flag = Int32(logarithm ? 1 : 0)
          var (name, blocks) = kernel("cajal_softmax", rows, width, hasMedium: true)
          machine.launch(
            name, file: "softmax.cu", blocks: blocks, threads: 256, memory[0], memory[2], rows,
            width, flag)
          (name, blocks) = kernel("cajal_softmax_gradient", rows, width)
          machine.launch(
            name, file: "softmax.cu", blocks: blocks, threads: 256, memory[2], memory[1],
            memory[3], rows, width, flag)
        }
        var (y, d): ([Double], [Double]) = ([], [])
        for start in stride(from: 0, to: rows * width, by: width) {
          let row = x[start..<start + width].map(Double.init)
          let gradients = g[start..<start + width].map(Double.init)
          let logSum = log(row.reduce(0) { $0 + exp($1) })
          let p = row.map { exp($0 - logSum) }
          y += logarithm ? row.map { $0 - logSum } : p
          let sum = zip(gradients, p).reduce(0) { $0 + $1.0 * (logarithm ? 1 : $1.1) }
          d += zip(gradients, p).map { logarithm ? $0 - $1 * sum : $1 * ($0 - sum) }
        }
        expectClose(run[2], y, 2e-6, "softmax of \(width)")
        expectClose(run[3], d, 1e-5, "gradient of softmax of \(width)")
      }
    }
  }

  /// Rows of which some logits are -infinity have a softmax; those with all have none.
  @Test(arguments: KernelTests.devices) func softmaxOfInfinities(device: Int) {
    let machine = EmulatedDevice(device)
    for width in [40, 2100] {
      var x = [Float](repeating: -.infinity, count: 2 * width)
      x[width - 1] = 3
      let y = machine.runBothWays([x]) { memory in
        let (name, _) = kernel("cajal_softmax", 2, width)
        machine.launch(
          name, file: "softmax.cu", threads: 256, memory[0], memory[0], 2, width, Int32(0))
      }[0]
      #expect(Array(y[..<width]) == [Float](repeating: 0, count: width - 1) + [1])
      #expect(y[width...].allSatisfy { $0.isNaN })
    }
  }

  @Test(arguments: KernelTests.devices) func layerNorm(device: Int) {
    let machine = EmulatedDevice(device)
    let none: cajal_cuda_address = 0
    for (rows, width) in Self.shapes {
      let x = numbers(rows * width).map { $0 + 3 }
      let g = numbers(rows * width, seed: 1)
      let (scale, bias) = (numbers(width, seed: 2), numbers(width, seed: 3))
      let count = Int(cajal_cuda_layer_norm_blocks(Int64(rows), Int64(width)))
      let partials = [Float](repeating: .nan, count: 2 * width * count)
      let run = machine.runBothWays(
        [
          x, g, scale, bias, x, [Float](repeating: 0, count: 2 * rows), x, partials, scale, bias, x,
        ]
      ) { m in
        let (name, blocks) = kernel("cajal_layer_norm", rows, width, hasMedium: true)
        machine.launch(
          name, file: "layer_norm.cu", blocks: blocks, threads: 256, m[0], none, none,
          cajal_cuda_dropout(), m[2], m[3], m[4], m[5], rows, width, Float(0.25))
        for (gradient, accumulates): (_, Int32) in [(m[6], 0), (m[10], 1)] {
          machine.launch(
            kernel("cajal_layer_norm_gradient", rows, width).name, file: "layer_norm_gradient.cu",
            blocks: count, threads: 256, m[0], m[2], m[5], m[1], gradient, accumulates, none,
            cajal_cuda_dropout(), m[7], rows, width)
        }
        machine.launch(
          "cajal_add_partial_sums", file: "reduce.cu", blocks: 2, threads: 256, m[7], count,
          width, m[8], m[9])
      }
      var (y, d): ([Double], [Double]) = ([], [])
      var (scaleSums, biasSums) = (scale.map(Double.init), bias.map(Double.init))
      for start in stride(from: 0, to: rows * width, by: width) {
        let row = x[start..<start + width].map(Double.init)
        let mean = row.reduce(0, +) / Double(width)
        let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
        let inverse = 1 / (variance + 0.25).squareRoot()
        let normal = row.map { ($0 - mean) * inverse }
        let scaled = (0..<width).map { Double(g[start + $0]) * Double(scale[$0]) }
        let product = zip(scaled, normal).reduce(0) { $0 + $1.0 * $1.1 } / Double(width)
        let sum = scaled.reduce(0, +) / Double(width)
        for j in 0..<width {
          y.append(normal[j] * Double(scale[j]) + Double(bias[j]))
          d.append(inverse * (scaled[j] - sum - normal[j] * product))
          scaleSums[j] += Double(g[start + j]) * normal[j]
          biasSums[j] += Double(g[start + j])
        }
      }
      expectClose(run[4], y, 5e-6, "layer norm of \(width)")
      expectClose(run[6], d, 1e-5, "gradient of layer norm of \(width)")
      #expect(run[10] == zip(x, run[6]).map { $0 + $1 }, "added to what is there, of \(width)")
      expectClose(run[8], scaleSums, 1e-5, "scale gradient of \(width)")
      expectClose(run[9], biasSums, 1e-5, "bias gradient of \(width)")
    }
  }

  @Test(arguments: KernelTests.devices) func crossEntropy(device: Int) {
    let machine = EmulatedDevice(device)
    for (rows, width) in Self.shapes.dropFirst() {
      for smoothing in [0, 0.1] {
        let elsewhere = smoothing / Double(width - 1), onLabel = 1 - smoothing
        let entropy = -(onLabel * log(onLabel) + smoothing * log(elsewhere + 1e-20))
        let target = cajal_cuda_smoothed_label(
          on_label: onLabel, elsewhere: elsewhere, entropy: entropy)
        let x = numbers(rows * width).map { 4 * $0 }
        let labels = (0..<rows).map { $0 * 7 % width }
        let losses = [Float](repeating: 0, count: rows)
        let run = machine.runBothWays([x, bits(labels), losses, [3], x, losses, x]) { m in
          var (name, blocks) = kernel("cajal_cross_entropy", rows, width)
          for (losses, gradient) in [(m[2], 0), (m[5], m[6])] {
            machine.launch(
              name, file: "cross_entropy.cu", blocks: blocks, threads: 256, m[0], m[1], losses,
              Float(1.5), gradient, rows, width, target)
          }
          (name, blocks) = kernel("cajal_cross_entropy_gradient", rows, width)
          machine.launch(
            name, file: "cross_entropy.cu", blocks: blocks, threads: 256, m[4], m[1], m[3],
            Float(2), m[4], rows, width, target)
        }
        var (loss, d): ([Double], [Double]) = ([], [])
        for row in 0..<rows {
          let logits = x[row * width..<(row + 1) * width].map(Double.init)
          let logSum = log(logits.reduce(0) { $0 + exp($1) })
          var sum = -entropy
          for j in 0..<width {
            let wanted = j == labels[row] ? onLabel : elsewhere
            sum -= wanted * (logits[j] - logSum)
            d.append(1.5 * (exp(logits[j] - logSum) - wanted))
          }
          loss.append(sum)
        }
        expectClose(run[2], loss, 2e-6, "cross-entropy of \(width)")
        expectClose(run[4], d, 2e-6, "gradient of cross-entropy of \(width)")
        #expect(run[5] == run[2] && run[6] == run[4], "both in one pass, of \(width)")
      }
    }
  }
}
