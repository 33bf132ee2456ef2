import CajalTensor
import CajalVerification
import Foundation
import Testing

/// The repository's cases of tensor2tensor's numbers, as `cajal verify --device cuda` replays them.
@Suite struct ReplayTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("CajalVerificationTests/Cases").path

  @Test func casesPass() throws {
    let fixtures = try FixtureFolder(Self.folder)
    #expect(fixtures.cases.count == 4)
    // The orders of warps take turns.
    for (index, fixture) in fixtures.cases.enumerated() {
      let device = try EmulatedDevices.all[index % 2].get()
      let result = FixtureReplay(fixtures, on: device).replay(fixture)
      let misses = result.checks.filter { !$0.passes }.map { "\($0.quantity): \($0.error)" }
      #expect(
        result.outcome == .passed,
        "\(fixture.name): \(result.reason ?? "") \(misses.joined(separator: ", "))")
    }
  }
}
