import CajalOperationCases
import CajalTensor
import Testing

/// Compares a row of the table on all emulated devices with the reference, forward and backward.
func expectAgreement(_ row: OperationCase) throws {
  let expected = row.resultAndGradients(of: row.inputs(on: .reference))
  for device in try EmulatedDevices.all.map({ try $0.get() }) {
    let actual = row.resultAndGradients(of: row.inputs(on: device))
    let name = "\(row.name) on \(device)"
    expectAgreement(actual.result, expected.result, terms: row.terms, name)
    for (index, (a, b)) in zip(actual.gradients, expected.gradients).enumerated() {
      expectAgreement(a, b, terms: row.terms, "\(name), gradient \(index)")
    }
  }
}

/// Compares elements with a tolerance for sums of so many terms.
func expectAgreement(
  _ actual: Tensor<Float>, _ expected: Tensor<Float>, terms: Int, _ comment: String
) {
  guard actual.shape == expected.shape else {
    Issue.record("\(comment): shape \(actual.shape), not \(expected.shape)")
    return
  }
  let (a, b) = (actual.scalars, expected.scalars)
  if let (index, allowed) = firstDisagreement(a, b, terms: terms) {
    Issue.record(
      "\(comment): element \(index) is \(a[index]), the reference has \(b[index]) ± \(allowed)")
  }
}

/// The first element that is farther from the expected one than sums of so many terms are rounded,
/// and how far it may be. `unit` is the largest relative error of an operand.
func firstDisagreement(
  _ actual: [Float], _ expected: [Float], terms: Int, unit: Double = 0x1p-24
) -> (index: Int, allowed: Double)? {
  var largest: Float = 1
  for value in expected where value.isFinite { largest = max(largest, abs(value)) }
  let allowed = (16 + 4 * Double(terms).squareRoot()) * unit * Double(largest)
  for (index, (a, b)) in zip(actual, expected).enumerated() {
    if a == b || a.isNaN && b.isNaN || abs(Double(a) - Double(b)) <= allowed { continue }
    return (index, allowed)
  }
  return nil
}
