import CajalTensor
import Foundation
import Testing

@Suite struct FunctionTests {
  private func check<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(
    _ type: Scalar.Type, _ a: [Double], on device: Device
  ) {
    let x = Tensor<Scalar>(rounding: a, shape: [a.count], on: device)
    /// `floor` is a magnitude that errors are measured against where the result itself is smaller.
    func expect(
      _ name: String, _ actual: Tensor<Scalar>, floor: Double = 0,
      sourceLocation: SourceLocation = #_sourceLocation, _ function: (Double) -> Double
    ) {
      let expected = a.map(function)
      expectClose(
        actual, expected, shape: [a.count], roundings: 8,
        magnitudes: expected.map { max(abs($0), floor) }, "\(name) on \(device)",
        sourceLocation: sourceLocation)
    }
    expect("square", x.squared()) { $0 * $0 }
    expect("relu", x.relu()) { $0.isNaN ? .nan : max($0, 0) }
    expect("exp", x.exp()) { exp($0) }
    expect("log", x.log(), floor: 0.1) { $0 < 0 ? .nan : log($0) }
    expect("sqrt", x.sqrt()) { $0.squareRoot() }
    expect("reciprocal", x.reciprocal()) { 1 / $0 }
    expect("sigmoid", x.sigmoid()) { 1 / (1 + exp(-$0)) }
    expect("tanh", x.tanh(), floor: 0.01) { tanh($0) }
    expect("softplus", x.softplus()) { $0 > 40 ? $0 : log1p(exp($0)) }
  }

  @Test(arguments: devices) func agreesWithTheMathematicalFunctions(device: Device) {
    for extent in extents {
      let a = numbers(extent, seed: UInt64(extent), from: -8, to: 8)
      check(Float.self, a, on: device)
      check(Double.self, a, on: device)
    }
  }

  @Test(arguments: devices) func coversTheWholeRange(device: Device) {
    let special: [Double] = [.nan, .infinity, -.infinity, 0, -0.0, 1, -1, 30, -30, 80, -80]
    check(Float.self, special, on: device)
    check(Double.self, special, on: device)
  }

  private func checkRows<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(
    _ type: Scalar.Type, rows: Int, width: Int, on device: Device
  ) {
    let a = numbers(rows * width, seed: 3, from: -9, to: 9)
    let (scale, bias) = (numbers(width, seed: 4), numbers(width, seed: 5))
    var softmax: [Double] = []
    var logSoftmax: [Double] = []
    var normal: [Double] = []
    for row in 0..<rows {
      let line = a[row * width..<(row + 1) * width]
      let total = line.reduce(0) { $0 + exp($1) }
      softmax += line.map { exp($0) / total }
      logSoftmax += line.map { $0 - log(total) }
      let mean = line.reduce(0, +) / Double(width)
      let variance = line.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
      normal += zip(line, zip(scale, bias)).map { x, factors in
        (x - mean) / (variance + 1e-3).squareRoot() * factors.0 + factors.1
      }
    }
    let shape: Shape = [rows, width]
    let x = Tensor<Scalar>(rounding: a, shape: shape, on: device)
    // The argument of the exponential, up to 18, is rounded before.
    expectClose(x.softmax(), softmax, shape: shape, roundings: 40, "softmax \(shape)")
    expectClose(
      x.logSoftmax(), logSoftmax, shape: shape, magnitudes: logSoftmax.map { abs($0) + 9 },
      "log softmax \(shape)")
    let result = x.layerNorm(
      scale: Tensor(rounding: scale, shape: [width], on: device),
      bias: Tensor(rounding: bias, shape: [width], on: device), epsilon: 1e-3)
    // Inputs of magnitude 9, divided by a standard deviation that is only small where all inputs
    // are equal.
    expectClose(
      result, normal, shape: shape, roundings: 16,
      magnitudes: normal.map { abs($0) + (width == 1 ? 600 : 30) }, "layer norm \(shape)")
  }

  @Test(arguments: devices) func normalizesRows(device: Device) {
    for width in extents {
      for rows in extents {
        checkRows(Float.self, rows: rows, width: width, on: device)
        if rows < 5 { checkRows(Double.self, rows: rows, width: width, on: device) }
      }
    }
  }

  @Test(arguments: devices) func softmaxDoesNotOverflow(device: Device) {
    let x = Tensor<Float>([1000, 1000, -.infinity, -1000], shape: [1, 4], on: device)
    #expect(x.softmax().scalars == [0.5, 0.5, 0, 0])
    #expect(x.logSoftmax().scalars[3] == -2000 - Float(log(2.0)))
    let nothing = Tensor<Float>([-.infinity, -.infinity], shape: [1, 2], on: device)
    #expect(nothing.softmax().scalars.allSatisfy { $0.isNaN })
  }
}
