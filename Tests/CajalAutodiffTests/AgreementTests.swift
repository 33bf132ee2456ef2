import CajalAutodiff
import CajalOperationCases
import Testing

@testable import CajalTensor

/// Every backend against the reference, on every row of the table of operations.
@Suite struct AgreementTests {
  /// One device for each instruction set that this machine has, and the wide kernels on narrow
  /// vectors.
  static let devices: [Device] =
    (InstructionSet.available.compactMap { CPUBackend($0) }
    + [CPUBackend.wideForTests()].compactMap { $0 }).map { Device($0) }

  /// Checks `actual` against the reference's `expected`.
  ///
  /// Rounding errors of n terms grow as √n (the bound for the worst case, n, would let real errors
  /// pass); they are measured against the largest element, as an element may itself be a difference
  /// of large ones.
  private func expectAgreement(
    _ actual: Tensor<Float>, _ expected: Tensor<Float>, terms: Int, _ comment: String
  ) {
    guard actual.shape == expected.shape else {
      Issue.record("\(comment): shape \(actual.shape), not \(expected.shape)")
      return
    }
    var largest: Float = 1
    for value in expected.scalars where value.isFinite { largest = max(largest, abs(value)) }
    let allowed = (16 + 4 * Double(terms).squareRoot()) * 0x1p-24 * Double(largest)
    let (found, wanted) = (actual.scalars, expected.scalars)
    for index in found.indices {
      let (a, b) = (found[index], wanted[index])
      if a == b || a.isNaN && b.isNaN || abs(Double(a) - Double(b)) <= allowed { continue }
      Issue.record("\(comment): element \(index) is \(a), the reference has \(b) ± \(allowed)")
      return
    }
  }

  @Test(arguments: OperationCase.groups.map(\.name)) func agreesWithTheReference(group: String) {
    for row in OperationCase.groups.filter({ $0.name == group }).flatMap(\.cases) {
      let expected = row.resultAndGradients(of: row.inputs(on: .reference))
      for device in Self.devices {
        let actual = row.resultAndGradients(of: row.inputs(on: device))
        let name = "\(row.name) on \(device)"
        expectAgreement(actual.result, expected.result, terms: row.terms, name)
        for (index, (a, b)) in zip(actual.gradients, expected.gradients).enumerated() {
          expectAgreement(a, b, terms: row.terms, "\(name), gradient \(index)")
        }
      }
    }
  }

  @Test(arguments: devices) func repeatsItsBits(device: Device) {
    for row in OperationCase.groups.flatMap(\.cases) where row.flops > 500_000 {
      let inputs = row.inputs(on: device)
      let first = row.resultAndGradients(of: inputs)
      let second = row.resultAndGradients(of: inputs)
      #expect(
        first.result == second.result && first.gradients == second.gradients,
        "\(row.name) on \(device)")
    }
  }
}
