import CajalTensor
import Testing

@Suite struct CPURowTests {
  static let shapes = [(1, 1), (3, 5), (7, 16), (4, 33), (300, 256), (2, 1000), (600, 128), (0, 4)]

  @Test(arguments: cpuBackends.indices, shapes)
  func softmax(_ index: Int, _ shape: (Int, Int)) {
    let (rows, width) = shape
    let x = Floats(rows * width, seed: 1, from: -20, to: 20)
    if width > 20 { for i in 0..<rows { x.start[i * width + 3] = -.infinity } }
    let gradient = Floats(rows * width, seed: 2)
    for logarithm in [false, true] {
      let results = [cpuBackends[index], oracle].map { (backend: any HostBackend) in
        let (y, dx) = (Floats(rows * width), Floats(rows * width))
        backend.softmax(x.start, y.start, rows: rows, width: width, logarithm: logarithm)
        backend.softmaxGradient(
          y: y.start, resultGradient: gradient.start, dx.start, rows: rows, width: width,
          logarithm: logarithm)
        return (y, dx)
      }
      expectClose(
        results[0].0, results[1].0, roundings: 16, magnitude: logarithm ? 40 : 1, "\(shape)")
      expectClose(results[0].1, results[1].1, roundings: 2000, magnitude: 2, "\(shape) gradient")
    }
  }

  @Test(arguments: cpuBackends.indices, shapes)
  func layerNorm(_ index: Int, _ shape: (Int, Int)) {
    let (rows, width) = shape
    // A mean far from 0 shows whether the variance loses digits.
    let x = Floats(rows * width, seed: 1, from: 9, to: 11)
    let scale = Floats(width, seed: 2)
    let bias = Floats(width, seed: 3)
    let gradient = Floats(rows * width, seed: 4)
    let results = [cpuBackends[index], oracle].map { (backend: any HostBackend) in
      let (y, statistics, dx) = (Floats(rows * width), Floats(rows * 2), Floats(rows * width))
      let (scaleGradient, biasGradient) = (Floats(width, seed: 5), Floats(width, seed: 6))
      backend.layerNorm(
        x.start, scale: scale.start, bias: bias.start, y.start, statistics: statistics.start,
        rows: rows, width: width, epsilon: 1e-2)
      let plain = Floats(rows * width)
      backend.layerNorm(
        x.start, scale: scale.start, bias: bias.start, plain.start, statistics: nil, rows: rows,
        width: width, epsilon: 1e-2)
      #expect(plain.bits == y.bits)
      backend.layerNormGradient(
        x.start, scale: scale.start, statistics: statistics.start, resultGradient: gradient.start,
        dx.start, scaleGradient: scaleGradient.start, biasGradient: biasGradient.start, rows: rows,
        width: width)
      return [y, statistics, dx, scaleGradient, biasGradient]
    }
    let terms = Float(rows).squareRoot() + 1
    for (i, pair) in zip(results[0], results[1]).enumerated() {
      // Differences of numbers near 10 with rounded means, divided by a standard deviation of 0.1
      // to 0.6.
      expectClose(
        pair.0, pair.1, roundings: 400, magnitude: 10 * terms, "\(shape) output \(i)")
    }
  }

  @Test(arguments: cpuBackends.indices, [(1, 2), (5, 10), (300, 256), (2, 77)])
  func crossEntropy(_ index: Int, _ shape: (Int, Int)) {
    let (rows, width) = shape
    let logits = Floats(rows * width, seed: 1, from: -9, to: 9)
    let labels = (0..<rows).map { Int32(($0 * 31) % width) }
    for smoothing: Float in [0, 0.1] {
      let results = [cpuBackends[index], oracle].map { (backend: any HostBackend) in
        let (losses, gradient) = (Floats(rows), Floats(rows * width))
        backend.crossEntropy(
          logits: logits.start, labels: labels, smoothing: smoothing, losses.start, rows: rows,
          width: width)
        backend.crossEntropyGradient(
          logits: logits.start, labels: labels, smoothing: smoothing, scale: 0.25, gradient.start,
          rows: rows, width: width)
        return (losses, gradient)
      }
      expectClose(results[0].0, results[1].0, roundings: 8, magnitude: 20, "\(shape) loss")
      expectClose(results[0].1, results[1].1, roundings: 16, magnitude: 0.25, "\(shape) gradient")
    }
  }

  @Test(arguments: cpuBackends.indices, [1, 7, 128])
  func gatherAndScatter(_ index: Int, _ width: Int) {
    let indices = (0..<700).map { Int32($0 * 13 % 20) }
    let rows = Floats(700 * width, seed: 2)
    let results = [cpuBackends[index], oracle].map { (backend: any HostBackend) in
      let (table, gathered) = (Floats(20 * width, seed: 1), Floats(700 * width))
      backend.gatherRows(table.start, indices, scale: 3, gathered.start, count: 700, width: width)
      backend.scatterAddRows(
        rows.start, indices, scale: 0.5, to: table.start, count: 700, width: width)
      return (table, gathered)
    }
    expectClose(results[0].0, results[1].0, roundings: 40, magnitude: 16, "scatter")
    expectClose(results[0].1, results[1].1, roundings: 1, "gather")
  }
}
