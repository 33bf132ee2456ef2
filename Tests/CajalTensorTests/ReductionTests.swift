import CajalTensor
import Testing

@Suite struct ReductionTests {
  static let shapes: [Shape] =
    extents.map { [$0] } + extents.flatMap { a in extents.map { [a, $0] as Shape } }
    + [[2, 3, 5], [3, 17, 2], [5, 64, 3], [2, 3, 1, 5], [1, 1, 1], [3, 0, 2], [64, 17, 65]]

  private func check<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(
    _ type: Scalar.Type, _ shape: Shape, axis: Int, on device: Device
  ) {
    let a = numbers(shape.count, seed: 9)
    let x = Tensor<Scalar>(rounding: a, shape: shape, on: device)
    var lines: [[Int]: [Double]] = [:]
    for (value, position) in zip(a, positions(shape)) {
      var rest = position
      rest.remove(at: axis)
      lines[rest, default: []].append(value)
    }
    var dimensions = shape.dimensions
    let extent = dimensions.remove(at: axis)
    let removed = Shape(dimensions)
    var kept = shape.dimensions
    kept[axis] = 1
    let all = positions(removed).map { lines[$0] ?? [] }
    let magnitudes = all.map { $0.reduce(0) { $0 + abs($1) } }
    let comment = "axis \(axis) of \(shape) on \(device)"
    let roundings = Double(extent) + 2
    expectClose(
      x.sum(axis: axis), all.map { $0.reduce(0, +) }, shape: removed, roundings: roundings,
      magnitudes: magnitudes, comment)
    expectClose(
      x.mean(axis: axis - shape.rank, keepingAxis: true),
      all.map { $0.reduce(0, +) / Double(extent) }, shape: Shape(kept), roundings: roundings,
      magnitudes: magnitudes, comment)
    guard extent > 0 else { return }
    expectClose(x.max(axis: axis), all.map { $0.max() ?? .nan }, shape: removed, comment)
    let first = all.map { line in Int32(line.firstIndex(of: line.max() ?? .nan) ?? -1) }
    #expect(x.argmax(axis: axis) == Tensor<Int32>(first, shape: removed))
  }

  @Test(arguments: devices) func reducesAxes(device: Device) {
    for shape in Self.shapes {
      for axis in 0..<shape.rank {
        check(Float.self, shape, axis: axis, on: device)
        if shape.count < 1000 { check(Double.self, shape, axis: axis, on: device) }
      }
    }
  }

  @Test(arguments: devices) func reducesEverything(device: Device) {
    for extent in extents {
      let a = numbers(extent * 3, seed: 2)
      let x = Tensor<Float>(rounding: a, shape: [extent, 3], on: device)
      let magnitude = a.reduce(0) { $0 + abs($1) }
      expectClose(
        x.sum(), [a.reduce(0, +)], shape: [], roundings: Double(a.count), magnitudes: [magnitude])
      expectClose(
        x.mean(), [a.reduce(0, +) / Double(a.count)], shape: [], roundings: Double(a.count) + 2,
        magnitudes: [magnitude])
      if let largest = a.max() { expectClose(x.max(), [largest], shape: []) }
    }
  }

  @Test(arguments: devices) func nanIsTheLargest(device: Device) {
    let x = Tensor<Float>(
      [1, .nan, 3, .nan, -.infinity, 5, .infinity, 2], shape: [2, 4], on: device)
    let largest = x.max(axis: 1).scalars
    #expect(largest[0].isNaN && largest[1] == .infinity)
    #expect(x.argmax(axis: 1).scalars == [1, 2])
    #expect(
      Tensor<Float>([3, 7, 7], on: device).argmax(axis: 0).scalar == 1, "the first of equals")
    let lows = Tensor<Float>([-.infinity, -.infinity], on: device)
    #expect(lows.max().scalar == -.infinity && lows.argmax(axis: 0).scalar == 0)
  }

  @Test(arguments: devices) func longSumsStayAccurate(device: Device) {
    // Summed one by one in Float, a million tenths are off by a hundredth.
    let sum = Tensor<Float>(repeating: 0.1, shape: [1 << 20], on: device).sum().scalar
    let expected = Double(Float(0.1)) * 0x1p20
    #expect(abs(Double(sum) - expected) <= expected * 1e-5)
  }

  @Test func trapsWhereThereIsNoMaximum() async {
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>([]).max() }
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>([1]).sum(axis: 1) }
  }
}
