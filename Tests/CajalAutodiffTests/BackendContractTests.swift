import CajalAutodiff
import CajalOperationCases
import CajalTensor
import TestBackends
import Testing

/// Every row of the table of operations on the test backends: the same bits as on the processor,
/// and no round trip to the host.
@Suite struct BackendContractTests {
  private func bits(_ tensor: Tensor<Float>) -> [UInt32] { tensor.scalars.map(\.bitPattern) }

  private func expectSameBits(_ group: String, on device: Device) {
    for row in OperationCase.groups.filter({ $0.name == group }).flatMap(\.cases) {
      let expected = row.resultAndGradients(of: row.inputs(on: .cpu))
      let actual = row.resultAndGradients(of: row.inputs(on: device))
      #expect(
        bits(actual.result) == bits(expected.result)
          && actual.gradients.map(bits) == expected.gradients.map(bits), "\(row.name)")
    }
  }

  @Test(arguments: OperationCase.groups.map(\.name)) func memoryThatFaults(group: String) {
    expectSameBits(group, on: Device(FaultingBackend()))
  }

  @Test(arguments: OperationCase.groups.map(\.name)) func workThatIsDoneLate(group: String) {
    expectSameBits(group, on: Device(LateBackend()))
  }

  @Test(arguments: OperationCase.groups.map(\.name).filter { $0 != OperationCase.hostGroup })
  func nothingWaits(group: String) {
    let backend = LateBackend()
    let device = Device(backend)
    for row in OperationCase.groups.filter({ $0.name == group }).flatMap(\.cases) {
      _ = row.resultAndGradients(of: row.inputs(on: device))
      #expect(backend.roundTrips == 0, "\(row.name)")
    }
  }
}
