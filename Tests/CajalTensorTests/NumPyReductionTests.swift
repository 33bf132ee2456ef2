import CajalTensor
import Testing

@Suite struct NumPyReductionTests {
  private func checkReductions<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(
    _ c: NumPyInputs<Scalar>
  ) {
    let x = c.x
    func expect(
      _ name: String, _ all: Tensor<Scalar>, _ along: (Int, Bool) -> Tensor<Scalar>
    ) {
      expectNumPy(name, all, magnitude: 20)
      for axis in 0..<3 {
        expectNumPy("\(name) \(axis)", along(axis, false), magnitude: 8)
        expectNumPy("\(name) \(axis) kept", along(axis - 3, true), magnitude: 8)
      }
    }
    expect("sum", x.sum()) { x.sum(axis: $0, keepingAxis: $1) }
    expect("mean", x.mean()) { x.mean(axis: $0, keepingAxis: $1) }
    expect("max", x.max()) { x.max(axis: $0, keepingAxis: $1) }
    expect("min", x.min()) { x.min(axis: $0, keepingAxis: $1) }
    expect("variance", x.variance()) { x.variance(axis: $0, keepingAxis: $1) }
    expect("standardDeviation", x.standardDeviation()) {
      x.standardDeviation(axis: $0, keepingAxis: $1)
    }
    for axes in [[0, 1], [1, 2], [0, 2], [2, 0, 1], []] {
      checkReductions(x, axes, keepingAxes: false, "\(axes)")
      checkReductions(x, axes.map { $0 - 3 }, keepingAxes: true, "\(axes) kept")
    }
    for axis in 0..<3 {
      expectNumPy("cumulativeSum \(axis)", x.cumulativeSum(axis: axis), magnitude: 1)
    }
  }

  private func checkReductions<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(
    _ x: Tensor<Scalar>, _ axes: [Int], keepingAxes kept: Bool, _ name: String
  ) {
    expectNumPy("sum \(name)", x.sum(axes: axes, keepingAxes: kept), magnitude: 20)
    expectNumPy("mean \(name)", x.mean(axes: axes, keepingAxes: kept), magnitude: 8)
    expectExactly("max \(name)", x.max(axes: axes, keepingAxes: kept))
    expectExactly("min \(name)", x.min(axes: axes, keepingAxes: kept))
    expectNumPy("variance \(name)", x.variance(axes: axes, keepingAxes: kept), magnitude: 8)
    expectNumPy(
      "standardDeviation \(name)", x.standardDeviation(axes: axes, keepingAxes: kept),
      magnitude: 8)
  }

  private func checkOrder<Scalar: TensorNumeric>(_ c: NumPyInputs<Scalar>) {
    let t = c.t
    for axis in 0..<2 {
      expectExactly("argmax \(axis)", t.argmax(axis: axis))
      expectExactly("argmin \(axis)", t.argmin(axis: axis))
      #expect(t.argmax(axis: axis, keepingAxis: true).shape[axis] == 1)
      expectExactly("sorted \(axis)", t.sorted(axis: axis))
      expectExactly("sorted down \(axis)", t.sorted(axis: axis, descending: true))
      expectExactly("argsorted \(axis)", t.argsorted(axis: axis))
      expectExactly("argsorted down \(axis)", t.argsorted(axis: axis, descending: true))
      expectExactly(
        "gatherAlong \(axis)", t.gatherAlong(t.argsorted(axis: axis), axis: axis))
    }
  }

  private func checkNaN<Scalar: TensorFloatingPoint>(_ c: NumPyInputs<Scalar>) {
    expectExactly("argmax special", c.s.argmax(axis: 0))
    expectExactly("argmin special", c.s.argmin(axis: 0))
    expectExactly("max special", c.s.max())
    expectExactly("min special", c.s.min())
    expectExactly("sorted special", c.s.sorted())
    expectExactly("argsorted special", c.s.argsorted())
    #expect(c.s.sorted(descending: true).scalars[0].asDouble.isNaN, "NaN is the largest")
  }

  @Test(arguments: kinds) func reductions(device: Device) {
    checkReductions(NumPyInputs(Float.self, on: device))
    checkReductions(NumPyInputs(Double.self, on: device))
  }

  @Test(arguments: kinds) func order(device: Device) {
    checkOrder(NumPyInputs(Float.self, on: device))
    checkOrder(NumPyInputs(Double.self, on: device))
    checkOrder(NumPyInputs(Float16.self, on: device))
    checkOrder(NumPyInputs(BFloat16.self, on: device))
    checkOrder(NumPyInputs(Int32.self, on: device))
    checkOrder(NumPyInputs(Int64.self, on: device))
    checkNaN(NumPyInputs(Float.self, on: device))
    checkNaN(NumPyInputs(Double.self, on: device))
    checkNaN(NumPyInputs(Float16.self, on: device))
    checkNaN(NumPyInputs(BFloat16.self, on: device))
  }

  private func checkComparisons<Scalar: TensorNumeric>(_ c: NumPyInputs<Scalar>) {
    let t = c.t
    expectExactly("t <", t .< 1)
    expectExactly("t <=", t .<= 1)
    expectExactly("t >", t .> 1)
    expectExactly("t >=", t .>= 1)
    expectExactly("t ==", t .== 1)
    expectExactly("t !=", t .!= 1)
    expectExactly("any [1, 0]", (t .> 2).any(axes: [1, 0]))
    expectExactly("all [1, 0]", (t .< 9).all(axes: [-1, 0], keepingAxes: true))
    expectExactly("any 0", (t .> 2).any(axis: 0))
    expectExactly("all 1", (t .< 3).all(axis: 1, keepingAxis: true))
    expectExactly("and", (t .> 0) .& (t .< 2))
    expectExactly("or", (t .> 2) .| (t .< 0))
    expectExactly("xor", (t .> 0) .^ (t .< 2))
    expectExactly("not", .!(t .> 0))
    #expect((t .== 1).any() && !(t .== 1).all() && (t .< 99).all() && !(t .> 99).any())
  }

  private func checkChoices<Scalar: TensorFloatingPoint>(_ c: NumPyInputs<Scalar>) {
    expectExactly("<", c.x .< c.y)
    expectExactly("<=", c.x .<= c.y)
    expectExactly(">", c.x .> c.y)
    expectExactly(">=", c.x .>= c.y)
    expectExactly("s ==", c.s .== c.s)
    expectExactly("s !=", c.s .!= c.s)
    expectExactly("where", Tensor.where(c.x .> c.y, c.x, c.z))
    expectExactly("where number", Tensor.where(c.x .> 0, c.x, -1))
    expectExactly("where rows", Tensor.where(c.y .> 0, c.x, c.z * 2))
  }

  @Test(arguments: kinds) func comparisons(device: Device) {
    checkComparisons(NumPyInputs(Float.self, on: device))
    checkComparisons(NumPyInputs(Double.self, on: device))
    checkComparisons(NumPyInputs(BFloat16.self, on: device))
    checkComparisons(NumPyInputs(Int64.self, on: device))
    checkChoices(NumPyInputs(Float.self, on: device))
    checkChoices(NumPyInputs(Double.self, on: device))
  }
}
