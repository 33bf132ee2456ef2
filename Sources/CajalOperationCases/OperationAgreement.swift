public import CajalTensor

/// How far a device's result and gradients of an operation are from another's.
public struct OperationAgreement: Sendable {
  /// The largest error, as a multiple of what rounding allows; infinite where shapes differ, or one
  /// is no number.
  public private(set) var worst = 0.0
  /// Where it is, such as `element 7 of gradient 1`.
  public private(set) var place = "nowhere"

  /// Whether all errors are within what is allowed.
  public var passes: Bool { worst <= 1 }

  /// Adds a comparison of two tensors, each of whose elements is a sum of at most `terms` terms.
  mutating func add(
    _ actual: Tensor<Float>, _ expected: Tensor<Float>, terms: Int, name: String
  ) {
    guard actual.shape == expected.shape else {
      (worst, place) = (.infinity, "the shape of \(name)")
      return
    }
    let (actual, expected) = (actual.scalars, expected.scalars)
    var largest: Float = 1
    for value in expected where value.isFinite { largest = max(largest, abs(value)) }
    let allowed = (16 + 4 * Double(terms).squareRoot()) * 0x1p-24 * Double(largest)
    for (index, (a, b)) in zip(actual, expected).enumerated() {
      if a == b || a.isNaN && b.isNaN { continue }
      let error = abs(Double(a) - Double(b)) / allowed
      let ratio = error.isNaN ? .infinity : error
      if ratio > worst { (worst, place) = (ratio, "element \(index) of \(name)") }
    }
  }
}

extension OperationCase {
  /// Compares the result and all gradients on a device with those of the processor; on the
  /// processor with those of the reference.
  public func agreement(of device: Device) -> OperationAgreement {
    let expected = resultAndGradients(of: inputs(on: device == .cpu ? .reference : .cpu))
    let actual = resultAndGradients(of: inputs(on: device))
    var agreement = OperationAgreement()
    agreement.add(actual.result, expected.result, terms: terms, name: "the result")
    for (index, (a, b)) in zip(actual.gradients, expected.gradients).enumerated() {
      agreement.add(a, b, terms: terms, name: "gradient \(index)")
    }
    return agreement
  }
}
