import CajalTensor
import Testing

@Suite struct NumPyShapeTests {
  private func checkAxes<Scalar: TensorFloatingPoint>(_ c: NumPyInputs<Scalar>) {
    let (x, z) = (c.x, c.z)
    expectExactly("transposed", x.transposed())
    expectExactly("permuted", x.permuted([2, 0, 1]))
    expectExactly("flattened", x.flattened())
    expectExactly("expanded", x.expanded(axis: 1))
    expectExactly("expanded last", x.expanded(axis: -1))
    #expect(x.expanded(axis: 1).squeezed(axis: 1) == x && x.expanded(axis: 0).squeezed() == x)
    expectExactly("broadcast", c.y.broadcast(to: [2, 3, 4]))
    expectExactly("concatenate", Tensor.concatenate([x, z], axis: 0))
    expectExactly("concatenate 2", Tensor.concatenate([x, z, x], axis: 2))
    for axis in -1..<3 {
      for (number, part) in x.split(into: x.shape[axis], axis: axis).enumerated() {
        expectExactly("split \(axis) \(number)", part)
      }
    }
    for (number, part) in x.split(extents: [1, 0, 2, 1], axis: 2).enumerated() {
      expectExactly("split extents \(number)", part)
    }
    for axis in -1..<3 { expectExactly("stack \(axis)", Tensor.stack([x, z], axis: axis)) }
    expectExactly("padded", x.padded([(1, 0), (0, 2), (3, 1)], with: 0.5))
    expectExactly("padded zeros", x.padded([(0, 0), (1, 1), (0, 0)]))
    expectExactly("gather", x.gather(Tensor([1, 1, 0], on: x.device)))
    expectExactly(
      "gather 1", x.gather(Tensor([2, 0, 1, 2], shape: [2, 2], on: x.device), axis: 1))
    expectExactly("gather -1", x.gather(Tensor([3, 0], on: x.device), axis: -1))
  }

  private func checkReading<Scalar: TensorScalar>(_ c: NumPyInputs<Scalar>) {
    let x = c.x
    expectExactly("x[1, ...]", x[1, ...])
    expectExactly("x[..., 2]", x[..., 2])
    expectExactly("x[0, ..., 1...2]", x[0, ..., 1...2])
    expectExactly("x[1, 0..<2, by 2]", x[1, 0..<2, stride(from: 0, to: 4, by: 2)])
    expectExactly("x[0..<1, 1, 2...]", x[0..<1, 1, 2...])
    expectExactly("x[..<1, 2, ...]", x[..<1, 2, ...])
    expectExactly("x[0, 1, ...]", x[0, 1, ...])
    expectExactly("x[..., 1..<1]", x[..., 1..<1])
    expectExactly("x[x > 0]", x[x.cast(to: Float.self) .> 0])
    expectExactly("x[rows]", x[x.cast(to: Float.self)[..., 0] .> 0])
    expectExactly("x[picture]", x[c.z.cast(to: Float.self)[..., 0, 0] .< -1])
    expectExactly("x[none]", x[x.cast(to: Float.self) .> 9])
    #expect(x[...] == x && x[0, 1, 2, ...].scalar == x[0, 1, 2])
    #expect(x[...1, ...2, stride(from: 0, through: 3, by: 1)] == x)
  }

  private func checkWriting<Scalar: TensorFloatingPoint>(_ c: NumPyInputs<Scalar>) {
    func written(_ name: String, _ change: (inout Tensor<Scalar>) -> Void) {
      var result = c.x
      change(&result)
      expectExactly(name, result)
    }
    written("write row") { $0[1, ...] = c.z[0, ...] }
    written("write column") { $0[..., 2] = c.y.squeezed() }
    written("write steps") { $0[..., 1..<3, stride(from: 0, to: 4, by: 2)] = c.z[..., 1..., 2...] }
    written("write number") { $0[0, 1..., 0..<3] = Tensor(7, on: c.x.device) }
    written("write element") { $0[1, 2, 3] = -4 }
    written("write mask") { $0[$0 .> 0] = Tensor(7, on: c.x.device) }
    written("write mask rows") { $0[$0[..., 0] .> 0] = c.z[0, 0, ...] }
    written("write mask values") { $0[$0 .> 0] = c.z[c.x .> 0] }
    var x = c.x
    x[x .> 0] *= 0
    #expect(x == c.x.minimum(0))
    x = c.x
    x[0, ...] += c.z[0, ...]
    #expect(x[0, ...] == c.x[0, ...] + c.z[0, ...] && x[1, ...] == c.x[1, ...])
    x = c.x
    x[0..<1, ...] = x[1..<2, ...]
    #expect(x[0, ...] == c.x[1, ...], "what is assigned may be a part of the same tensor")
  }

  @Test(arguments: kinds) func axes(device: Device) {
    checkAxes(NumPyInputs(Float.self, on: device))
    checkAxes(NumPyInputs(Double.self, on: device))
  }

  @Test(arguments: kinds) func parts(device: Device) {
    checkReading(NumPyInputs(Float.self, on: device))
    checkReading(NumPyInputs(Double.self, on: device))
    checkWriting(NumPyInputs(Float.self, on: device))
    checkWriting(NumPyInputs(Double.self, on: device))
  }

  @Test(arguments: kinds) func partsThatLieTogetherAreShared(device: Device) {
    let x = Tensor<Float>(repeating: 1, shape: [3, 4, 5], on: device)
    #expect(x[2, ...].buffer == x.buffer.advanced(by: 40))
    #expect(x[1, 2..<4, ...].buffer == x.buffer.advanced(by: 30))
    #expect(x[1, 2, 1...].buffer == x.buffer.advanced(by: 31))
    #expect(x[..., 1..<3].buffer.storage !== x.buffer.storage)
  }

  @Test(arguments: kinds) func factories(device: Device) {
    expectExactly("arange", Tensor<Float>.arange(5, on: device))
    expectExactly("arange", Tensor<Int64>.arange(5, on: device))
    expectNumPy("arange steps", Tensor<Float>.arange(from: 1, to: 2, by: 0.3, on: device))
    expectExactly("arange down", Tensor<Float>.arange(from: 4, to: -3, by: -2, on: device))
    expectExactly("arange down", Tensor<Int32>.arange(from: 4, to: -3, by: -2, on: device))
    expectExactly("arange none", Tensor<Double>.arange(from: 2, to: 1, on: device))
    expectNumPy("linspace", Tensor<Float>.linspace(from: -1, to: 2, count: 7, on: device))
    expectExactly("eye", Tensor<UInt8>.eye(3, on: device))
    expectExactly("eye wide", Tensor<BFloat16>.eye(2, columns: 4, on: device))
    #expect(Tensor<Float>.zeros([2, 3], on: device) == [[0, 0, 0], [0, 0, 0]])
    #expect(Tensor<Int64>.ones([2], on: device) == [1, 1])
    #expect(Tensor<Bool>.full(true, shape: [1, 2], on: device) == [[true, true]])
    #expect(Tensor<Float>.linspace(from: 3, to: 4, count: 1, on: device) == [3])
  }

  @Test func trapsOutsideOfTheShape() async {
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>.zeros([2, 3])[0, 1..<5] }
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>.zeros([2, 3])[0..<1] }
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>.zeros([2, 3])[0, 1, ..., 1] }
    await #expect(processExitsWith: .failure) {
      var x = Tensor<Float>.zeros([2, 3])
      x[0, ...] = [1, 2]
    }
    await #expect(processExitsWith: .failure) {
      _ = Tensor<Float>.zeros([2, 3]).gather([3], axis: 1)
    }
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>.zeros([2, 3])[[true]] }
    await #expect(processExitsWith: .failure) {
      _ = Tensor<Float>.zeros([2, 3]).split(into: 2, axis: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = Tensor<Float>.zeros([2, 3]).split(extents: [2, 2], axis: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = Tensor<Float>.zeros([2, 3]).sum(axes: [1, -1])
    }
  }
}
