import CajalImages
import CajalProblems
import Testing

@Suite struct SyntheticTissueTests {
  @Test(arguments: SyntheticTissue.Stain.allCases)
  func sameSeedSameSection(stain: SyntheticTissue.Stain) {
    let section = SyntheticTissue.section(seed: 3, width: 90, height: 70, stain: stain)
    #expect(section.shape == PixelShape(height: 70, width: 90))
    #expect(section == SyntheticTissue.section(seed: 3, width: 90, height: 70, stain: stain))
    #expect(section != SyntheticTissue.section(seed: 4, width: 90, height: 70, stain: stain))
    _ = SyntheticTissue.section(seed: 3, width: 1, height: 1, stain: stain)
  }

  /// Most of a section is tissue; glass is bright and even enough to be distinguished from it.
  @Test(arguments: SyntheticTissue.Stain.allCases, [1, 2] as [UInt64])
  func tissueAndGlass(stain: SyntheticTissue.Stain, seed: UInt64) {
    let section = SyntheticTissue.section(seed: seed, width: 256, height: 256, stain: stain)
    var (tissue, background) = (0, 0)
    for y in stride(from: 0, to: 256, by: 32) {
      for x in stride(from: 0, to: 256, by: 32) {
        let tile = section.cropped(x: x, y: y, width: 32, height: 32)
        if TissueRule.lumaStandardDeviation(4).isTissue(tile) {
          tissue += 1
        } else {
          background += 1
        }
      }
    }
    #expect(tissue > 32 && background > 0, "tissue \(tissue), background \(background)")
  }

  @Test func sectionsAreASource() throws {
    try withTemporaryDirectory { folder in
      let data = try AllenBrain.dim8to32.generateData(
        from: SyntheticTissue.sections(3, size: 160), to: folder + "/data")
      #expect(
        data.summary.sections.map(\.name) == ["synthetic-0", "synthetic-1", "synthetic-2"])
      #expect(!data.trainingTiles.isEmpty && !data.evaluationExamples.isEmpty)
    }
  }
}
