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

/// The devices to replay on: plain loops, the processor at every level that it has, and the
/// sixteen-lane kernels also where there is no AVX-512.
private let devices: [Device] = {
  let levels = InstructionSet.available.map { CPUBackend($0) }
  return [.reference] + (levels + [CPUBackend.wideForTests()]).compactMap { $0.map { Device($0) } }
}()

/// The cases that are part of the repository.
private let ownFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("Cases").path

@Suite struct FixtureReplayTests {
  @Test(arguments: devices) func ownCases(device: Device) throws {
    #expect(try passedCases(in: ownFolder, on: device) == 4)
  }

  @Test(.enabled(if: folder != nil, "../shared/t2t is not there"), arguments: devices)
  func everyCase(device: Device) throws {
    #expect(try passedCases(in: try #require(folder), on: device) >= 20)
  }

  /// Replays the cases of a folder, none of which may fail.
  private func passedCases(in folder: String, on device: Device) throws -> Int {
    let fixtures = try FixtureFolder(folder)
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
    return passed
  }
}

@Suite struct FixtureFolderTests {
  @Test func missingFolder() {
    #expect(throws: (any Error).self) { try FixtureFolder("/nowhere/at/all") }
  }
}
