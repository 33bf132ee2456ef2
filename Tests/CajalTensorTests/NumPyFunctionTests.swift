import CajalTensor
import TestBackends
import Testing

/// The devices for operations that are composed of primitives or computed on the host: one is
/// enough of each kind.
let kinds: [Device] = [
  .cpu, .reference, Device(LateBackend()), Device(FaultingBackend()),
]

@Suite struct NumPyFunctionTests {
  private func checkFunctions<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(
    _ c: NumPyInputs<Scalar>
  ) {
    expectNumPy("exp", c.x.exp())
    expectNumPy("log", c.p.log(), magnitude: 0.1)
    expectNumPy("sqrt", c.p.sqrt())
    expectNumPy("rsqrt", c.p.rsqrt())
    expectNumPy("squared", c.x.squared())
    expectNumPy("reciprocal", c.p.reciprocal())
    expectExactly("abs", c.x.abs())
    expectExactly("sign", c.x.sign())
    expectExactly("floor", c.x.floor())
    expectExactly("ceil", c.x.ceil())
    expectExactly("rounded", c.x.rounded())
    expectNumPy("sin", c.x.sin())
    expectNumPy("cos", c.x.cos())
    expectNumPy("tanh", c.x.tanh())
    expectNumPy("sigmoid", c.x.sigmoid())
    expectNumPy("softplus", c.x.softplus())
    expectExactly("relu", c.x.relu())
    expectExactly("leakyRelu", c.x.leakyRelu(slope: 0.25))
    expectNumPy("gelu", c.x.gelu(), magnitude: 0.1)
    expectNumPy("silu", c.x.silu())
    expectNumPy("pow 2.5", c.p.pow(2.5))
    expectNumPy("pow 3", c.x.pow(3))
    expectNumPy("pow y", c.p.pow(c.y))
  }

  private func checkBounds<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(
    _ c: NumPyInputs<Scalar>
  ) {
    expectExactly("clamped", c.x.clamped(to: -1...0.5))
    expectExactly("maximum", c.x.maximum(c.y))
    expectExactly("minimum", c.x.minimum(c.y))
    expectExactly("floor special", c.s.floor())
    expectExactly("ceil special", c.s.ceil())
    expectExactly("rounded special", c.s.rounded())
    expectExactly("sign special", c.s.sign())
    expectExactly("abs special", c.s.abs())
    expectExactly("clamped special", c.s.clamped(to: -1...1))
    expectExactly("isNaN", c.s.isNaN)
    expectExactly("isInfinite", c.s.isInfinite)
    expectExactly("isFinite", c.s.isFinite)
  }

  @Test(arguments: kinds) func functions(device: Device) {
    checkFunctions(NumPyInputs(Float.self, on: device))
    checkFunctions(NumPyInputs(Double.self, on: device))
    checkBounds(NumPyInputs(Float.self, on: device))
    checkBounds(NumPyInputs(Double.self, on: device))
  }

  private func checkProducts<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(
    _ c: NumPyInputs<Scalar>
  ) {
    expectNumPy("matmul", c.a.matmul(c.b), magnitude: 20)
    expectNumPy("matmul one", c.x.matmul(c.b[0, ...]), magnitude: 20)
    expectNumPy("matmul first", c.a[0, 0, ...].matmul(c.b), magnitude: 20)
    expectNumPy("matmul vector", c.x.matmul(c.v), magnitude: 20)
    expectNumPy("vector matmul", c.v.matmul(c.b), magnitude: 20)
    expectNumPy("vector vector", c.v.matmul(c.v), magnitude: 20)
    expectNumPy(
      "matmul transposed",
      c.x.matmul(c.t[..., 0..<3], transposingSelf: true, transposingOther: true), magnitude: 20)
  }

  @Test(arguments: kinds) func products(device: Device) {
    checkProducts(NumPyInputs(Float.self, on: device))
    checkProducts(NumPyInputs(Double.self, on: device))
  }

  private func checkIntegers<Scalar: TensorNumeric & SignedNumeric>(_ c: NumPyInputs<Scalar>) {
    expectExactly("i + j", c.i + c.j)
    expectExactly("i - j", c.i - c.j)
    expectExactly("i * j", c.i * c.j)
    expectExactly("i / j", c.i / c.j)
    expectExactly("i sum", c.i.sum())
    expectExactly("i sum 0", c.i.sum(axis: 0))
    expectExactly("i max 1", c.i.max(axis: 1))
    expectExactly("i min 1", c.i.min(axis: 1))
    expectExactly("i cumulativeSum", c.i.cumulativeSum(axis: 1))
    expectExactly("i sorted", c.i.sorted())
    expectExactly("i argmin", c.i.argmin(axis: 0))
    expectExactly("i abs", c.i.abs())
    expectExactly("i sign", c.i.sign())
    expectExactly("i <", c.i .< c.j)
    expectExactly("-i", -c.i)
  }

  @Test(arguments: kinds) func integers(device: Device) {
    checkIntegers(NumPyInputs(Int32.self, on: device))
    checkIntegers(NumPyInputs(Int64.self, on: device))
  }
}
