import CajalModels
import Testing

@Suite struct LearnedPositionTests {
  private func model(rows: Int, columns: Int) throws -> Img2ImgTransformer {
    let hyperparameters = try smallModel().hyperparameters.with {
      $0.pos = .embedding
      $0.maxLength = 12
    }
    return try Img2ImgTransformer(hyperparameters, inputRows: rows, inputColumns: columns)
  }

  /// Positions beyond the learned ones are found when the model is made.
  @Test func inputsThatHaveNoPositions() throws {
    #expect(try model(rows: 12, columns: 4).inputRows == 12)
    for (rows, columns) in [(13, 4), (4, 5)] {
      let error = #expect(throws: HyperparameterError.self) {
        try model(rows: rows, columns: columns)
      }
      #expect(error?.name == "max_length")
    }
  }
}
