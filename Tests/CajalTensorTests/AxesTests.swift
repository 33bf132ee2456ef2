import CajalTensor
import Testing

@Suite struct AxesTests {
  static let shapes: [Shape] = [
    [0], [1], [5], [1, 1], [2, 3], [17, 64], [0, 3], [3, 0], [2, 3, 5], [5, 1, 3], [3, 17, 2],
    [2, 3, 2, 5],
  ]

  /// Checks that each element of `result` is the one that `source` names.
  private func expect<Scalar: TensorScalar>(
    _ result: Tensor<Scalar>, _ shape: Shape, of x: Tensor<Scalar>,
    sourceLocation: SourceLocation = #_sourceLocation, _ source: ([Int]) -> [Int]
  ) {
    let elements = x.scalars
    let expected = positions(shape).map { elements[flatIndex(source($0), in: x.shape)] }
    #expect(result.shape == shape, sourceLocation: sourceLocation)
    #expect(result.scalars == expected, sourceLocation: sourceLocation)
  }

  private func check<Scalar: TensorScalar>(_ x: Tensor<Scalar>) {
    let shape = x.shape
    for axes in permutations(of: Array(0..<shape.rank)) {
      let permuted = Shape(axes.map { shape[$0] })
      expect(x.permuted(axes), permuted, of: x) { position in
        var source = position
        for (target, axis) in axes.enumerated() { source[axis] = position[target] }
        return source
      }
    }
    if shape.rank >= 2 {
      let order = Array(0..<shape.rank - 2) + [shape.rank - 1, shape.rank - 2]
      #expect(x.transposed() == x.permuted(order))
    }
    for axis in 0..<shape.rank {
      for range in [0..<shape[axis], 0..<0, 0..<min(1, shape[axis]), shape[axis] / 2..<shape[axis]]
      {
        var dimensions = shape.dimensions
        dimensions[axis] = range.count
        expect(x.sliced(range, axis: axis), Shape(dimensions), of: x) { position in
          var source = position
          source[axis] += range.lowerBound
          return source
        }
      }
      let middle = shape[axis] / 2
      let parts = [
        x.sliced(0..<middle, axis: axis), x.sliced(middle..<middle, axis: axis),
        x.sliced(middle..<shape[axis], axis: axis),
      ]
      #expect(Tensor.concatenate(parts, axis: axis) == x)
      #expect(parts[0].concatenated(with: parts[2], axis: axis - shape.rank) == x)
    }
    let stretched = Shape([2] + shape.dimensions.map { $0 == 1 ? 3 : $0 })
    expect(x.broadcast(to: stretched), stretched, of: x) { Array($0.dropFirst()) }
  }

  @Test(arguments: devices) func movesElements(device: Device) {
    for shape in Self.shapes {
      let a = numbers(shape.count, seed: 4, from: 0, to: 250)
      check(Tensor<Float>(rounding: a, shape: shape, on: device))
      check(Tensor<Double>(rounding: a, shape: shape, on: device))
      check(Tensor<Int32>(rounding: a, shape: shape, on: device))
      check(Tensor<UInt8>(rounding: a, shape: shape, on: device))
    }
  }

  @Test(arguments: devices) func gathersRows(device: Device) {
    for (count, width) in [(0, 3), (1, 1), (5, 17), (64, 64), (3, 0)] {
      let a = numbers(7 * width, seed: 8)
      let rows = (0..<count).map { Int32($0 * 5 % 7) }
      let expected = rows.flatMap { a[Int($0) * width..<(Int($0) + 1) * width] }
      let indices = Tensor<Int32>(rows, shape: [count, 1], on: device)
      let table = Tensor<Float>(rounding: a, shape: [7, width], on: device)
      expectClose(table.gather(indices), expected, shape: [count, 1, width])
      let exact = Tensor<Double>(rounding: a, shape: [7, width], on: device)
      expectClose(exact.gather(indices), expected, shape: [count, 1, width])
    }
    let planes = Tensor<Int32>((0..<12).map(Int32.init), shape: [3, 2, 2], on: device)
    let picked = planes.gather(Tensor<Int32>([2], on: device))
    #expect(picked == Tensor<Int32>([8, 9, 10, 11], shape: [1, 2, 2]))
  }

  @Test func casts() {
    let x = Tensor<Float>([-1.5, 0.99, 255.5, 3e9, .nan, -.infinity])
    #expect(x.cast(to: Int32.self).scalars == [-1, 0, 255, .max, 0, .min])
    #expect(x.cast(to: UInt8.self).scalars == [0, 0, 255, 255, 0, 0])
    #expect(x.cast(to: Double.self).scalars.prefix(4) == [-1.5, Double(Float(0.99)), 255.5, 3e9])
    let exact = Tensor<Double>([0.1, 1e40, 1e-50])
    #expect(exact.cast(to: Float.self).scalars == [0.1, .infinity, 0])
  }

  @Test func trapsOutsideOfTheShape() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor<Float>([1, 2, 3]).gather(Tensor<Int32>([3]))
    }
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>([1, 2]).sliced(1..<3, axis: 0) }
    await #expect(processExitsWith: .failure) {
      _ = Tensor<Float>(repeating: 0, shape: [2, 2]).permuted([0, 0])
    }
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>([1, 2])[2] }
  }
}

/// Every order of `items`.
private func permutations(of items: [Int]) -> [[Int]] {
  guard items.count > 1 else { return [items] }
  return items.indices.flatMap { index in
    var rest = items
    let first = rest.remove(at: index)
    return permutations(of: rest).map { [first] + $0 }
  }
}
