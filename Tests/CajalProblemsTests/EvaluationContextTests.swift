import CajalImages
import CajalProblems
import Testing

/// Evaluation examples that show the surroundings of their crops.
@Suite struct EvaluationContextTests {
  /// 2 × 2 to 8 × 8; a context of 1 pixel is 4 pixels of the target.
  private func withData(tileSize: Int, _ body: (Dataset) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      var problem = tinyProblem
      problem.tileSize = tileSize
      try problem.generateData(from: noiseSections(2), to: folder + "/data")
      try body(Dataset(at: folder + "/data"))
    }
  }

  @Test func examplesShowWhatIsAroundTheCrops() throws {
    try withData(tileSize: 32) { data in
      let wider = try data.withEvaluationContext(1)
      #expect(wider.evaluationContext == 1 && data.evaluationContext == 0)
      #expect(wider.problem.targetShape == data.problem.targetShape)
      // A tile of 32 pixels has crops from pixel 4 to 28.
      #expect(data.evaluationExamples.count == 16 && wider.evaluationExamples.count == 9)
      let tile = try #require(wider.evaluationTiles.first)
      let image = try tile.image()
      for example in wider.evaluationExamples {
        let x = example.position.x - tile.position.x, y = example.position.y - tile.position.y
        #expect([4, 12, 20].contains(x) && [4, 12, 20].contains(y))
        let made = try example.example()
        #expect(made.target == image.cropped(x: x - 4, y: y - 4, width: 16, height: 16))
        #expect(made.input == made.target.areaReduced(width: 4, height: 4))
        #expect(
          made.target.center(of: data.problem.targetShape)
            == image.cropped(x: x, y: y, width: 8, height: 8))
      }
      let none = try data.withEvaluationContext(0)
      #expect(
        try none.evaluationExamples.map { try $0.example().target }
          == data.evaluationExamples.map { try $0.example().target })
    }
  }

  @Test func tilesHaveToBeLargeEnough() throws {
    try withData(tileSize: 16) { data in
      let wider = try data.withEvaluationContext(1)
      #expect(wider.evaluationExamples.count == 6)
      let text = errorText { try data.withEvaluationContext(2) }
      let expected = """
        they have 16 x 16 pixels, and a crop of 8 x 8 with a context of 2 input pixels on each side \
        needs 24 x 24; make data with larger tiles or take less context
        """
      #expect(text?.hasSuffix(expected) == true)
    }
  }

  @Test func someProblemsHaveNone() {
    #expect(AllenBrain.inpainting16.withContext(1) == nil)
    #expect(AllenBrain.dim48to64.withContext(1) == nil)
    #expect(AllenBrain.identity64.withContext(2)?.inputShape == PixelShape(square: 68))
    #expect(AllenBrain.dim8to32.withContext(4)?.inputShape == PixelShape(square: 16))
    #expect(AllenBrain.dim8to32.withContext(4)?.targetShape == PixelShape(square: 64))
  }
}
