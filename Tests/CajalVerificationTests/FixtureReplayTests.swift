import CajalTensor
import CajalVerification
import Foundation
import Testing

/// The folder of tensor2tensor's numbers beside the package, if it is there.
private let folder: String? = {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  let path = root.appendingPathComponent("../shared/t2t").standardized.path
  return FileManager.default.fileExists(atPath: path + "/index.json") ? path : nil
}()

/// The devices to replay on: plain loops, the processor at every level that it has, and the sixteen-lane
/// kernels also where there is no AVX-512.
private let devices: [Device] = {
  let levels = InstructionSet.available.map { CPUBackend($0) }
  return [.reference] + (levels + [CPUBackend.wideForTests()]).compactMap { $0.map { Device($0) } }
}()

@Suite(.enabled(if: folder != nil, "../shared/t2t is not there")) struct FixtureReplayTests {
  @Test(arguments: devices) func everyCase(device: Device) throws {
    let fixtures = try FixtureFolder(try #require(folder))
    let replay = FixtureReplay(fixtures, on: device)
    var passed = 0
    for fixture in fixtures.cases {
      // Plain loops take minutes for the true size.
      if device == .reference && fixture.name.hasSuffix("true_size") { continue }
      let result = replay.replay(fixture)
      let misses = result.checks.filter { !$0.passes }.map { "\($0.quantity): \($0.error)" }
      #expect(
        result.outcome != .failed,
        "\(fixture.name) on \(device): \(result.reason ?? "") \(misses.joined(separator: ", "))")
      passed += result.outcome == .passed ? 1 : 0
    }
    #expect(passed >= 20)
  }
}

@Suite struct FixtureFolderTests {
  @Test func missingFolder() {
    #expect(throws: (any Error).self) { try FixtureFolder("/nowhere/at/all") }
  }
}
