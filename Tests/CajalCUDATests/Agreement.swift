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
  var largest: Float = 1
  for value in expected.scalars where value.isFinite { largest = max(largest, abs(value)) }
  let allowed = (16 + 4 * Double(terms).squareRoot()) * 0x1p-24 * Double(largest)
  for (index, (a, b)) in zip(actual.scalars, expected.scalars).enumerated() {
    if a == b || a.isNaN && b.isNaN || abs(Double(a) - Double(b)) <= allowed { continue }
    Issue.record("\(comment): element \(index) is \(a), the reference has \(b) ± \(allowed)")
    return
  }
}
