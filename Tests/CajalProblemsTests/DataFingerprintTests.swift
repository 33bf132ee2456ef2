import CajalSupport
import CajalImages
import CajalProblems
import Foundation
import Testing

@Suite struct DataFingerprintTests {
  private func make(
    _ folder: String, seeds: [UInt64] = [1, 2, 3], options: [String: String] = [:],
    seed: UInt64 = 0, skipsUnreadable: Bool = false
  ) throws -> Dataset {
    let pictures = seeds.map { number in
      Picture(name: "section-\(number)") {
        SyntheticTissue.section(seed: number, width: 64, height: 64)
      }
    }
    let problem = try AllenBrain(.upsampling(from: 2, to: 4))
      .setting(["tile_size": "16", "tissue": "everything"].merging(options) { $1 })
    var settings = DataOptions(seed: seed)
    settings.skipsUnreadable = skipsUnreadable
    return try problem.generateData(from: .pictures(pictures), to: folder, options: settings)
  }

  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cajal-fingerprint-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Files.createDirectory(folder)
    try body(folder)
  }

  /// Where the data are and which problem they are used for does not matter.
  @Test func copiesAndTheSameMadeAgainAreEqual() throws {
    try inFolder { folder in
      let first = try make(folder + "/a").fingerprint
      #expect(first.trainingTiles > 0 && first.evaluationTiles > 0 && first.brokenRecords == 0)
      #expect(try make(folder + "/elsewhere").fingerprint == first)
      #expect(try make(folder + "/lenient", skipsUnreadable: true).fingerprint == first)
      try FileManager.default.copyItem(atPath: folder + "/a", toPath: folder + "/copy")
      #expect(try Dataset(at: folder + "/copy").fingerprint == first)
      let other = try AllenBrain(.upsampling(from: 3, to: 4))
        .setting(["tile_size": "16", "tissue": "everything"])
      #expect(try Dataset(at: folder + "/a", for: other).fingerprint == first)
      let stored = try JSONDecoder().decode(
        DataFingerprint.self, from: JSONEncoder().encode(first))
      #expect(stored == first && stored.difference(from: first) == nil)
    }
  }

  @Test func otherTilesAreToldByWhatDiffers() throws {
    try inFolder { folder in
      let first = try make(folder + "/a").fingerprint
      let others: [(String, DataFingerprint)] = [
        ("was cut from other pictures", try make(folder + "/b", seeds: [1, 2, 4]).fingerprint),
        (
          "was cut from other pictures (48 training tiles instead of 32)",
          try make(folder + "/c", seeds: [1, 2, 3, 4]).fingerprint
        ),
        (
          "has tiles of 32 pixels instead of 16",
          try make(folder + "/d", options: ["tile_size": "32"]).fingerprint
        ),
        (
          " instead of 32",
          try make(folder + "/e", options: ["tissue": "luma_deviation:20"]).fingerprint
        ),
      ]
      for (text, other) in others {
        let difference = try #require(other.difference(from: first))
        #expect(difference.contains(text), "\(difference)")
        #expect(first.difference(from: other) != nil)
      }
      let shuffled = try make(folder + "/f", seed: 5).fingerprint
      #expect(shuffled.difference(from: first) != nil)
    }
  }
}
