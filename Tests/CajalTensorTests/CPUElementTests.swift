import CajalTensor
import Foundation
import Testing

@Suite struct CPUElementTests {
  static let special: [Float] = [
    0, -0.0, 1, -1, .infinity, -.infinity, .nan, .leastNormalMagnitude, 0x1p-133, -0x1p-133, 88.7,
    88.73,
    89, -87.3, -88, -103, -104, -200, 1e30, -1e30, .greatestFiniteMagnitude,
  ]

  @Test(arguments: cpuBackends.indices, UnaryOperation.allCases)
  func unary(_ index: Int, _ operation: UnaryOperation) {
    // Dense over the range of the exponential, and around 1 for the logarithm.
    let dense = (0..<200_003).map { Float($0) * 1e-3 - 100 }
    let near = (0..<20_000).map { 0.5 + Float($0) * 1e-4 }
    let x = Floats(Self.special + dense + near + numbers(1000, seed: 1).map { Float($0) })
    let (actual, expected) = (Floats(x.count), Floats(x.count))
    cpuBackends[index].unary(operation, x.start, actual.start, count: x.count)
    oracle.unary(operation, x.start, expected.start, count: x.count)
    // Units in the last place are up to two roundings; powers of e below the normal numbers lose
    // digits. In the tail of gelu a polynomial of ten terms, a power of e and a square in two parts
    // come together.
    expectClose(
      actual, expected, roundings: operation == .gelu ? 16 : 5,
      "\(cpuBackends[index].name) \(operation)")
  }

  @Test(arguments: cpuBackends.indices)
  func unaryInPlaceAndEmpty(_ index: Int) {
    let x = Floats(77, seed: 2)
    let expected = Floats(77)
    oracle.unary(.exponential, x.start, expected.start, count: 77)
    cpuBackends[index].unary(.exponential, x.start, x.start, count: 77)
    expectClose(x, expected, roundings: 5, "in place")
    cpuBackends[index].unary(.square, x.start, x.start, count: 0)
  }

  @Test(
    arguments: cpuBackends.indices,
    [
      ([7, 33], [7, 33]), ([7, 33], [33]), ([7, 33], [7, 1]), ([1], [7, 33]), ([4, 1, 5], [3, 1]),
      ([2, 3, 4, 5], [3, 1, 5]), ([400, 300], [300]), ([0, 3], [3]), ([70000], [1]), ([], []),
    ] as [([Int], [Int])])
  func binary(_ index: Int, _ shapes: ([Int], [Int])) throws {
    let geometry = try #require(BroadcastGeometry(Shape(shapes.0), Shape(shapes.1)))
    let left = Floats(Shape(shapes.0).count, seed: 1)
    let right = Floats(Shape(shapes.1).count, seed: 2)
    if left.count > 2 { left.start[1] = .nan }
    for operation in BinaryOperation.allCases {
      let (actual, expected) = (Floats(geometry.count), Floats(geometry.count))
      cpuBackends[index].binary(operation, left.start, right.start, actual.start, geometry)
      oracle.binary(operation, left.start, right.start, expected.start, geometry)
      // The derivatives cross zero, so that their errors are measured by the operands.
      let isDerivative = operation == .geluGradient || operation == .siluGradient
      expectClose(
        actual, expected, roundings: isDerivative ? 8 : 1, magnitude: isDerivative ? 2 : nil,
        "\(operation) \(shapes)")
    }
  }

  @Test(arguments: cpuBackends.indices, extents)
  func affineAndScaled(_ index: Int, _ count: Int) {
    let x = Floats(count, seed: 1)
    let results = [cpuBackends[index], oracle].map { (backend: any HostBackend) in
      let affine = Floats(count)
      backend.affine(x.start, scale: 0.3, offset: -0.7, affine.start, count: count)
      backend.addScaled(x.start, scale: 1.7, to: affine.start, count: count)
      return affine
    }
    expectClose(results[0], results[1], roundings: 6, magnitude: 4, "\(count)")
  }

  @Test(
    arguments: cpuBackends.indices,
    [(1, 5, 1), (3, 64, 1), (2, 1000, 7), (1, 3000, 128), (4, 0, 3), (0, 2, 2), (5, 3, 200)])
  func reduce(_ index: Int, _ shape: (Int, Int, Int)) {
    let x = Floats(shape.0 * shape.1 * shape.2, seed: 1)
    for operation in ReduceOperation.allCases {
      let (actual, expected) = (Floats(shape.0 * shape.2), Floats(shape.0 * shape.2))
      for (backend, result) in [(cpuBackends[index], actual), (oracle, expected)]
        as [(any HostBackend, Floats)]
      {
        backend.reduce(
          operation, x.start, result.start, outer: shape.0, length: shape.1, inner: shape.2)
      }
      // Runs of 64 bound the roundings; the terms are below 2.
      expectClose(
        actual, expected, roundings: 120, magnitude: 2 * Float(shape.1).squareRoot() + 2,
        "\(operation) \(shape)")
    }
  }

  @Test(arguments: cpuBackends.indices)
  func stridedCopy(_ index: Int) {
    let x = Floats(5000, seed: 1)
    let cases: [([Int], [Int])] = [
      ([30, 50], [1, 30]), ([7, 9], [9, 1]), ([3, 5, 7], [7, 21, 1]), ([3, 5, 7], [1, 3, 15]),
      ([4], [3]), ([], []), ([2, 3, 4, 5], [0, 20, 5, 1]), ([3, 4], [0, 1]), ([3, 4], [1, 0]),
      ([2, 0], [1, 1]),
    ]
    for (shape, strides) in cases {
      let count = shape.reduce(1, *)
      let (actual, expected) = (Floats(count), Floats(count))
      cpuBackends[index].stridedCopy(x.start, actual.start, shape: shape, strides: strides)
      oracle.stridedCopy(x.start, expected.start, shape: shape, strides: strides)
      #expect(actual.bits == expected.bits && actual.isIntact, "\(shape) \(strides)")
    }
  }

  @Test(arguments: cpuBackends.indices, [1, 19, 64, 70_001])
  func optimizers(_ index: Int, _ count: Int) {
    let step = AdamStep(
      stepSize: 1e-2, beta1: 0.9, beta2: 0.98, epsilon: 1e-9, gradientScale: 0.5, decay: 1e-3)
    let results = [cpuBackends[index], oracle].map { (backend: any HostBackend) in
      let w = (0..<5).map { Floats(count, seed: 10 + $0, from: 0.1, to: 2) }
      backend.adam(
        parameters: w[0].start, gradients: w[1].start, firstMoments: w[2].start,
        secondMoments: w[3].start, step, count: count)
      for nesterov in [false, true] {
        backend.momentum(
          parameters: w[0].start, gradients: w[1].start, momenta: w[4].start, learningRate: 0.1,
          momentum: 0.9, gradientScale: 2, nesterov: nesterov, count: count)
      }
      backend.movingAverage(w[0].start, average: w[1].start, decay: 0.99, count: count)
      return (w, backend.sumOfSquares(w[0].start, count: count))
    }
    for (actual, expected) in zip(results[0].0, results[1].0) {
      expectClose(actual, expected, roundings: 12, magnitude: 8, "\(count)")
    }
    #expect(abs(results[0].1 - results[1].1) <= 1e-5 * results[1].1)
  }
}
