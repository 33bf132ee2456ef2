import CajalTensor
import Testing

@Suite struct ArithmeticTests {
  /// Pairs of shapes and what they broadcast to.
  static let shapes: [(Shape, Shape, Shape)] =
    extents.map { ([$0], [$0], [$0]) }
    + extents.map { ([3, $0], [$0], [3, $0]) } + extents.map { ([$0, 3], [$0, 1], [$0, 3]) }
    + [
      ([], [], []), ([], [2, 3], [2, 3]), ([2, 1], [1, 3], [2, 3]), ([17, 5], [], [17, 5]),
      ([5, 1, 64], [1, 17, 64], [5, 17, 64]), ([2, 3, 1, 5], [3, 17, 1], [2, 3, 17, 5]),
      ([1, 1], [1], [1, 1]), ([0, 3], [1, 3], [0, 3]),
    ]

  private func check<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(
    _ type: Scalar.Type, _ left: Shape, _ right: Shape, _ result: Shape, on device: Device
  ) {
    let a = numbers(left.count, seed: 1)
    let b = numbers(right.count, seed: 2).map { abs($0) < 0.25 ? 0.25 : $0 }
    let x = Tensor<Scalar>(rounding: a, shape: left, on: device)
    let y = Tensor<Scalar>(rounding: b, shape: right, on: device)
    func expect(
      _ actual: Tensor<Scalar>, sourceLocation: SourceLocation = #_sourceLocation,
      _ operation: (Double, Double) -> Double
    ) {
      let expected = positions(result).map { position in
        operation(a[flatIndex(position, in: left)], b[flatIndex(position, in: right)])
      }
      expectClose(
        actual, expected, shape: result, roundings: 2, "\(left) with \(right) on \(device)",
        sourceLocation: sourceLocation)
    }
    expect(x + y) { $0 + $1 }
    expect(x - y) { $0 - $1 }
    expect(x * y) { $0 * $1 }
    expect(x / y) { $0 / $1 }
    expect(x.maximum(y)) { $0 > $1 ? $0 : $1 }
    expect(x.minimum(y)) { $0 < $1 ? $0 : $1 }
    if left == result {
      var changed = x
      changed += y
      expect(changed) { $0 + $1 }
      changed = x
      changed -= y
      expect(changed) { $0 - $1 }
      changed = x + 0
      changed *= y
      expect(changed) { $0 * $1 }
      changed = x + 0
      changed /= y
      expect(changed) { $0 / $1 }
      #expect(x.scalars.map(\.asDouble) == a, "a shared operand was written to")
    }
  }

  @Test(arguments: devices) func broadcasts(device: Device) {
    for (left, right, result) in Self.shapes {
      check(Float.self, left, right, result, on: device)
      check(Float.self, right, left, result, on: device)
      check(Double.self, left, right, result, on: device)
    }
  }

  @Test(arguments: devices) func takesScalars(device: Device) {
    let a = [-2.5, -0.0, 0, 0.75, 3]
    func check<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(_ type: Scalar.Type) {
      let x = Tensor<Scalar>(rounding: a, shape: [5], on: device)
      expectClose(x + 1.5, a.map { $0 + 1.5 }, shape: [5])
      expectClose(1.5 + x, a.map { $0 + 1.5 }, shape: [5])
      expectClose(x - 1.5, a.map { $0 - 1.5 }, shape: [5])
      expectClose(1.5 - x, a.map { 1.5 - $0 }, shape: [5])
      expectClose(x * 3, a.map { $0 * 3 }, shape: [5])
      expectClose(3 * x, a.map { $0 * 3 }, shape: [5])
      expectClose(x / 3, a.map { $0 / 3 }, shape: [5])
      expectClose(3 / x, a.map { 3 / $0 }, shape: [5])
      expectClose(x.maximum(0.5), a.map { max($0, 0.5) }, shape: [5])
      expectClose(x.minimum(0.5), a.map { min($0, 0.5) }, shape: [5])
      expectClose(-x, a.map { -$0 }, shape: [5])
      expectClose(x.abs(), a.map { abs($0) }, shape: [5])
      #expect((x * 3).scalars.map { $0.sign } == a.map(\.sign), "signs of zeros")
    }
    check(Float.self)
    check(Double.self)
  }

  @Test(arguments: devices) func followsIEEE(device: Device) {
    let special: [Double] = [.nan, .infinity, -.infinity, 0, -0.0, 1, -1]
    let pairs = special.flatMap { a in special.map { (a, $0) } }
    func check<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(_ type: Scalar.Type) {
      let x = Tensor<Scalar>(rounding: pairs.map(\.0), shape: [pairs.count], on: device)
      let y = Tensor<Scalar>(rounding: pairs.map(\.1), shape: [pairs.count], on: device)
      expectClose(x + y, pairs.map { $0 + $1 }, shape: x.shape, "sum")
      expectClose(x - y, pairs.map { $0 - $1 }, shape: x.shape, "difference")
      expectClose(x * y, pairs.map { $0 * $1 }, shape: x.shape, "product")
      expectClose(x / y, pairs.map { $0 / $1 }, shape: x.shape, "quotient")
      let larger = pairs.map { a, b in a.isNaN || b.isNaN ? .nan : Swift.max(a, b) }
      let smaller = pairs.map { a, b in a.isNaN || b.isNaN ? .nan : Swift.min(a, b) }
      expectClose(x.maximum(y), larger, shape: x.shape, "larger")
      expectClose(x.minimum(y), smaller, shape: x.shape, "smaller")
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func integersSaturateAndTruncate() {
    let pixels = Tensor<UInt8>([0, 7, 200, 255])
    #expect((pixels + 100).scalars == [100, 107, 255, 255])
    #expect((pixels - 100).scalars == [0, 0, 100, 155])
    #expect((pixels * pixels).scalars == [0, 49, 255, 255])
    #expect((pixels / 2).scalars == [0, 3, 100, 127])
    let integers = Tensor<Int32>([-7, 0, 7, .max])
    #expect((integers / 2).scalars == [-3, 0, 3, 1_073_741_823])
    #expect((integers + 1).scalars == [-6, 1, 8, .max])
    #expect((-integers).scalars == [7, 0, -7, -.max])
    #expect(integers.sum().scalar == .max)
    #expect((integers.maximum(Tensor<Int32>([0, 1, 2, 3]))).scalars == [0, 1, 7, .max])
  }

  @Test func trapsWhenShapesDoNotFit() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor<Float>([1, 2]) + Tensor<Float>([1, 2, 3])
    }
    await #expect(processExitsWith: .failure) {
      var x = Tensor<Float>([1, 2])
      x += Tensor<Float>([[1, 2], [3, 4]].flatMap { $0 }, shape: [2, 2])
    }
    await #expect(processExitsWith: .failure) {
      let there = Device(ReferenceBackend())
      _ = Tensor<Float>([1], on: .reference) + Tensor<Float>([1], on: there)
    }
  }
}
