import CCajalCUDA
import Foundation
import Testing

/// Kernels of pictures: norms of groups, blocks of positions, causal contexts.
@Suite struct PictureKernelTests {
  @Test(arguments: KernelTests.devices) func groupNorm(device: Int) {
    let machine = EmulatedDevice(device)
    for (images, positions, channels, groups) in [
      (1, 1, 1, 1), (2, 5, 6, 3), (2, 130, 36, 9), (1, 3000, 3, 1), (3, 140, 8, 2),
    ] {
      let g = cajal_cuda_group_norm(
        images: Int64(images), positions: Int64(positions), channels: Int64(channels),
        groups: Int64(groups))
      let count = images * positions * channels, width = channels / groups
      let x = numbers(count).map { $0 + 5 }
      let d = numbers(count, seed: 1)
      let (scale, bias) = (numbers(channels, seed: 2), numbers(channels, seed: 3))
      let chunks = Int(cajal_cuda_group_norm_chunks(g.positions, g.channels))
      let blocks = Int(cajal_cuda_group_norm_blocks(g.images, g.positions, g.channels))
      let statistics = [Float](repeating: 0, count: 2 * images * groups)
      let run = machine.runBothWays([
        x, d, scale, bias, numbers(images * chunks * 2 * channels), statistics, x,
        numbers(images * 2 * channels), statistics, x, scale, bias,
      ]) { m in
        func launch<each Argument>(
          _ kernel: String, gradient: Bool = false, blocks: Int = 2, threads: Int = 256,
          _ arguments: repeat each Argument
        ) {
          machine.launch(
            kernel, file: gradient ? "group_norm_gradient.cu" : "group_norm.cu", blocks: blocks,
            threads: threads, repeat each arguments)
        }
        launch("cajal_group_norm_partials", blocks: blocks, m[0], m[4], g)
        launch("cajal_group_norm_statistics", threads: 128, m[4], m[5], g, Float(0.25))
        launch("cajal_group_norm", m[0], m[2], m[3], m[5], m[6], g)
        launch(
          "cajal_group_norm_gradient_partials", gradient: true, m[0], m[5], m[1], m[4], g)
        machine.launch(
          "cajal_reduce_columns", file: "reduce.cu", threads: 256,
          Int32(cajal_cuda_sum.rawValue), m[4], m[7], images, chunks, 2 * channels, chunks,
          Float(1), Int32(0))
        launch("cajal_group_norm_gradient_means", gradient: true, threads: 128, m[7], m[2], m[8], g)
        launch(
          "cajal_group_norm_gradient", gradient: true, m[0], m[2], m[5], m[8], m[1], m[9], g)
        machine.launch(
          "cajal_add_partial_sums", file: "reduce.cu", threads: 256, m[7], images, channels,
          m[10], m[11])
      }
      var y = [Double](repeating: 0, count: count), slopes = y
      var (scaleSums, biasSums) = (scale.map(Double.init), bias.map(Double.init))
      for group in 0..<images * groups {
        let elements = (0..<positions * width).map { i in
          let channel = group % groups * width + i % width
          return (((group / groups) * positions + i / width) * channels + channel, channel)
        }
        let size = Double(elements.count)
        let mean = elements.reduce(0) { $0 + Double(x[$1.0]) } / size
        let variance = elements.reduce(0) { $0 + pow(Double(x[$1.0]) - mean, 2) } / size
        let inverse = 1 / (variance + 0.25).squareRoot()
        var (sum, product) = (0.0, 0.0)
        for (i, c) in elements {
          let normal = (Double(x[i]) - mean) * inverse
          y[i] = normal * Double(scale[c]) + Double(bias[c])
          sum += Double(d[i]) * Double(scale[c])
          product += Double(d[i]) * Double(scale[c]) * normal
          scaleSums[c] += Double(d[i]) * normal
          biasSums[c] += Double(d[i])
        }
        for (i, c) in elements {
          let normal = (Double(x[i]) - mean) * inverse
          slopes[i] = inverse * (Double(d[i]) * Double(scale[c]) - (sum + normal * product) / size)
        }
      }
      let name = "\(positions) positions of \(channels)"
      expectClose(run[6], y, 5e-6, name)
      expectClose(run[9], slopes, 1e-5, "gradient of \(name)")
      expectClose(run[10], scaleSums, 2e-5, "scale gradient of \(name)")
      expectClose(run[11], biasSums, 2e-5, "bias gradient of \(name)")
    }
  }

  @Test(arguments: KernelTests.devices) func blocksOfPositions(device: Int) {
    let machine = EmulatedDevice(device)
    for (images, rows, columns, channels, factor) in [(2, 3, 5, 3, 2), (1, 4, 3, 8, 3)] {
      let g = cajal_cuda_blocks(
        images: Int64(images), rows: Int64(rows), columns: Int64(columns),
        channels: Int64(channels), factor: Int64(factor))
      let count = images * rows * columns * channels
      let x = numbers(count * factor * factor), blocks = numbers(count, seed: 1)
      let run = machine.runBothWays([x, blocks, blocks, x]) { m in
        machine.launch("cajal_sum_blocks", file: "blocks.cu", m[0], Float(0.5), m[2], g)
        machine.launch("cajal_repeat_blocks", file: "blocks.cu", m[1], Float(0.5), m[3], g)
      }
      var sums = [Double](repeating: 0, count: count)
      var repeated: [Float] = []
      for i in x.indices {
        let (position, channel) = (i / channels, i % channels)
        let (row, column) = (position / (columns * factor), position % (columns * factor))
        let block = (row / factor * columns + column / factor) * channels + channel
        sums[block] += 0.5 * Double(x[i])
        repeated.append(0.5 * blocks[block])
      }
      expectClose(run[2], sums, 1e-6, "sums of blocks")
      #expect(run[3] == repeated)
    }
  }

  /// The bits of plain loops.
  @Test(arguments: KernelTests.devices) func causalContexts(device: Int) {
    let machine = EmulatedDevice(device)
    let (images, rows, columns) = (2, 8, 12)
    for (channels, ratio) in [(1, 0), (3, 0), (3, 1), (1, 2), (3, 4)] {
      let width = 24 * (channels + 1) + channels * (ratio == 0 ? 1 : 3)
      let g = cajal_cuda_causal_context(
        rows: Int64(rows), columns: Int64(columns), channels: Int64(channels),
        ratio: Int64(ratio))
      let count = images * rows * columns
      let targets = numbers(count * channels).map { (128 * $0).rounded() + 128 }
      let means = numbers(count * channels, seed: 1).map { 128 * $0 + 128 }
      let inputs = numbers(count * channels, seed: 2).map { (128 * $0).rounded() + 128 }
      let pixels = (0..<count).map { ($0 * 7 + 3) % count }
      let run = machine.runBothWays(
        [targets, means, inputs, bits(pixels), numbers(count * width)]
      ) { m in
        machine.launch(
          "cajal_causal_context", file: "causal_context.cu", threads: 128, m[0], m[0], m[1],
          ratio == 0 ? 0 : m[2], m[3], m[4], count, g)
      }
      var expected: [Float] = []
      for pixel in pixels {
        let (image, y, x) = (pixel / (rows * columns), pixel / columns % rows, pixel % columns)
        func at(_ row: Int, _ column: Int, _ c: Int) -> Int {
          ((image * rows + row) * columns + column) * channels + c
        }
        let window = (0..<24).map { (y + $0 / 7 - 3, x + $0 % 7 - 3) }
        let isInside = window.map { $0 >= 0 && $1 >= 0 && $1 < columns }
        for (i, (row, column)) in window.enumerated() {
          expected += (0..<channels).map { c in
            isInside[i]
              ? (targets[at(row, column, c)] - means[at(row, column, c)]) / 16 : 0
          }
        }
        expected += isInside.map { $0 ? 1 : 0 }
        var left: [Double] = []
        if ratio > 0 {
          let (top, start) = (y / ratio * ratio, x / ratio * ratio)
          let place = (y - top) * ratio + x - start
          let block = (image * (rows / ratio) + y / ratio) * (columns / ratio) + x / ratio
          left = (0..<channels).map { c in
            (0..<ratio * ratio).reduce(Double(ratio * ratio - 1) / 2) { sum, i in
              let source = at(top + i / ratio, start + i % ratio, c)
              let known = i < place ? targets[source] : means[source]
              return sum + (Double(inputs[block * channels + c]) - Double(known))
            }
          }
          expected += left.map { Float($0 / Double(ratio * ratio - place)) / 16 }
        }
        expected += (0..<channels).map { means[at(y, x, $0)] / 128 - 1 }
        expected += left.map { Float($0 / Double(4 * ratio * ratio)) }
      }
      #expect(run[4] == expected, "\(channels) channels, ratio \(ratio)")
    }
  }
}
