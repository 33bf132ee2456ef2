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

  /// Adds a comparison of two tensors as a whole, the operands of whose products were rounded: the
  /// norm of the difference is some units of rounding of the norm of what is expected, beside which
  /// terms of a size of about 1 may have canceled.
  mutating func add(
    _ actual: Tensor<Float>, _ expected: Tensor<Float>, rounding: Double, name: String
  ) {
    guard actual.shape == expected.shape else {
      (worst, place) = (.infinity, "the shape of \(name)")
      return
    }
    // Nothing has no norm to compare with.
    guard expected.count > 0 else { return }
    var (error, size) = (0.0, Double(expected.count))
    for (a, b) in zip(actual.scalars, expected.scalars) where a != b && !(a.isNaN && b.isNaN) {
      error += (Double(a) - Double(b)) * (Double(a) - Double(b))
    }
    for value in expected.scalars where value.isFinite { size += Double(value) * Double(value) }
    let ratio = error.squareRoot() / (4 * rounding * size.squareRoot())
    if !(ratio <= worst) { (worst, place) = (ratio.isNaN ? .infinity : ratio, name) }
  }

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
  /// processor with those of the reference. In less than float32 each is compared as a whole.
  public func agreement(of device: Device) -> OperationAgreement {
    let expected = resultAndGradients(of: inputs(on: device == .cpu ? .reference : .cpu))
    let actual = resultAndGradients(of: inputs(on: device))
    var agreement = OperationAgreement()
    for (index, (a, b)) in zip(
      [actual.result] + actual.gradients, [expected.result] + expected.gradients
    ).enumerated() {
      let name = index == 0 ? "the result" : "gradient \(index - 1)"
      if device.precision == .float32 {
        agreement.add(a, b, terms: terms, name: name)
      } else {
        agreement.add(a, b, rounding: device.precision.unitRoundoff, name: name)
      }
    }
    return agreement
  }
}
