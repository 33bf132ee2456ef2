import CajalTensor
import Foundation
import Testing

/// What NumPy computes, as `NumPy/make_cases.py` has written it.
struct NumPyCases: Decodable, Sendable {
  /// A tensor of numbers.
  struct Numbers: Decodable, Sendable {
    let shape: [Int]
    let values: [Double]
  }

  let inputs: [String: Numbers]
  let results: [String: Numbers]

  /// The file beside these tests.
  static let all: NumPyCases = {
    do {
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("NumPy/cases.json")
      let decoder = JSONDecoder()
      decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      return try decoder.decode(NumPyCases.self, from: Data(contentsOf: file))
    } catch {
      fatalError("NumPy/cases.json: \(error)")
    }
  }()
}

/// The inputs as tensors of one type on one device.
struct NumPyInputs<Scalar: TensorScalar> {
  let x, y, z, p, t, s, a, b, v, i, j: Tensor<Scalar>

  init(_ type: Scalar.Type = Scalar.self, on device: Device) {
    func input(_ name: String) -> Tensor<Scalar> {
      guard let numbers = NumPyCases.all.inputs[name] else { fatalError("no input \(name)") }
      return Tensor(rounding: numbers.values, shape: Shape(numbers.shape), on: device)
    }
    (x, y, z, p, t, s) = (
      input("x"), input("y"), input("z"), input("p"), input("t"), input("s")
    )
    (a, b, v, i, j) = (input("a"), input("b"), input("v"), input("i"), input("j"))
  }
}

/// Checks a result against NumPy's of that name, up to some units of rounding.
func expectNumPy<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(
  _ name: String, _ actual: Tensor<Scalar>, roundings: Double = 8, magnitude: Double = 0,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let expected = NumPyCases.all.results[name] else {
    Issue.record("NumPy has no '\(name)'", sourceLocation: sourceLocation)
    return
  }
  expectClose(
    actual, expected.values, shape: Shape(expected.shape), roundings: roundings,
    magnitudes: expected.values.map { max(abs($0), magnitude) }, name + " on \(actual.device)",
    sourceLocation: sourceLocation)
}

/// Checks that a result is NumPy's of that name.
func expectExactly<Scalar: TensorScalar>(
  _ name: String, _ actual: Tensor<Scalar>, sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let expected = NumPyCases.all.results[name] else {
    Issue.record("NumPy has no '\(name)'", sourceLocation: sourceLocation)
    return
  }
  let values = actual.scalars.map(\.asDouble)
  let isEqual =
    actual.shape == Shape(expected.shape)
    && zip(values, expected.values).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
  #expect(
    isEqual, "\(name) on \(actual.device) is \(actual), not \(expected)",
    sourceLocation: sourceLocation)
}
