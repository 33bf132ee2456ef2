import CajalTensor
import Foundation
import Testing

/// The primitives of the oracle that no tensor operation leads to, against their definitions.
@Suite struct ReferenceBackendTests {
  let backend = ReferenceBackend()

  @Test func crossEntropyIsZeroAtTheTarget() {
    for (smoothing, width) in [(0.1, 5), (0, 3), (0.25, 2)] as [(Float, Int)] {
      let e = Double(smoothing)
      let off = e / Double(width - 1)
      // Logits that are the logarithms of the target itself.
      var logits = [Double](repeating: log(max(off, 1e-30)), count: width)
      logits[1] = log(1 - e)
      let x = Tensor<Float>(rounding: logits, shape: [1, width], on: .reference)
      let label = Tensor<Int32>([1], on: .reference)
      let losses = Tensor<Float>(repeating: 9, shape: [1], on: .reference)
      let gradient = Tensor<Float>(repeating: 9, shape: [1, width], on: .reference)
      let six = Tensor<Float>(6, on: .reference)
      backend.crossEntropy(
        logits: x.buffer, labels: label.buffer, smoothing: smoothing,
        losses.buffer, rows: 1, width: width)
      backend.crossEntropyGradient(
        logits: x.buffer, labels: label.buffer, smoothing: smoothing, scale: six.buffer,
        divisor: 2, gradient.buffer, rows: 1, width: width)
      #expect(abs(losses.scalar) < 1e-6)
      #expect(gradient.scalars.allSatisfy { abs($0) < 1e-6 })
    }
  }

  @Test func crossEntropyOfUniformLogits() {
    let x = Tensor<Float>(repeating: 2, shape: [2, 4], on: .reference)
    let labels = Tensor<Int32>([0, 3], on: .reference)
    let losses = Tensor<Float>(repeating: 0, shape: [2], on: .reference)
    backend.crossEntropy(
      logits: x.buffer, labels: labels.buffer, smoothing: 0.1,
      losses.buffer, rows: 2, width: 4)
    let entropy = -(0.9 * log(0.9) + 0.1 * log(0.1 / 3))
    expectClose(losses, [log(4) - entropy, log(4) - entropy], shape: [2], roundings: 16)
  }

  @Test func adamFollowsItsDefinition() {
    var (w, m, v) = (0.5, 0.0, 0.0)
    let parameters = Tensor<Float>([0.5], on: .reference)
    let first = Tensor<Float>([0], on: .reference)
    let second = Tensor<Float>([0], on: .reference)
    for time in 1...5 {
      let gradient = Tensor<Float>([Float(time) - 2.5], on: .reference)
      let g = 0.5 * (Double(time) - 2.5)
      m = 0.875 * m + 0.125 * g
      v = 0.75 * v + 0.25 * g * g
      w -= 0.125 * m / (v.squareRoot() + 0.0625) + 0.03125 * w
      backend.adam(
        parameters: parameters.buffer, gradients: gradient.buffer,
        firstMoments: first.buffer, secondMoments: second.buffer,
        AdamStep(
          stepSize: 0.125, beta1: 0.875, beta2: 0.75, epsilon: 0.0625, gradientScale: 0.5,
          decay: 0.03125), count: 1)
      expectClose(parameters, [w], shape: [1], roundings: 16)
    }
  }

  @Test(arguments: [false, true]) func momentumFollowsItsDefinition(nesterov: Bool) {
    var (w, m) = (0.5, 0.0)
    let parameters = Tensor<Float>([0.5], on: .reference)
    let momenta = Tensor<Float>([0], on: .reference)
    for time in 1...5 {
      let g = 2 * (Double(time) - 2.5)
      m = 0.875 * m + g
      w -= 0.125 * (nesterov ? g + 0.875 * m : m)
      let gradient = Tensor<Float>([Float(time) - 2.5], on: .reference)
      backend.momentum(
        parameters: parameters.buffer, gradients: gradient.buffer,
        momenta: momenta.buffer, learningRate: 0.125, momentum: 0.875,
        gradientScale: 2, nesterov: nesterov, count: 1)
      expectClose(parameters, [w], shape: [1], roundings: 16, magnitudes: [2])
    }
  }

  @Test func movingAverageAndSumOfSquares() {
    let x = Tensor<Float>([1, 2, 3], on: .reference)
    let average = Tensor<Float>([3, 2, 1], on: .reference)
    backend.movingAverage(
      x.buffer, average: average.buffer, decay: 0.75, count: 3)
    #expect(average.scalars == [2.5, 2, 1.5])
    #expect(x.sumOfSquares == 14)
    #expect(Tensor<Float>([], on: .reference).sumOfSquares == 0)
  }

  @Test func scattersInOrder() {
    let rows = Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [3, 2], on: .reference)
    let indices = Tensor<Int32>([2, 0, 2], on: .reference)
    let table = Tensor<Float>(repeating: 1, shape: [3, 2], on: .reference)
    backend.scatterAddRows(
      rows.buffer, indices.buffer, scale: 2, to: table.buffer,
      count: 3, width: 2)
    #expect(table.scalars == [7, 9, 1, 1, 13, 17])
  }
}
