import CajalSupport
import CajalImages
import CajalTensor
import Foundation
import Testing

@testable import CajalProblems

/// Normalization by what the tiles of a data set hold.
@Suite struct NormalizedDataTests {
  /// A dark picture with one bright square.
  private static func dark(_ seed: UInt64, brightest: UInt8) -> Image {
    var image = noise(seed)
    for index in 0..<image.height {
      for x in 0..<image.width {
        for channel in 0..<3 { image[x, index, channel] %= 16 }
      }
    }
    for y in 0..<4 { for x in 0..<4 { image[x + 6, y + 6, 0] = brightest } }
    return image
  }

  private static func source() -> PictureSource {
    .pictures(
      [("a", 255 as UInt8), ("b", 180), ("c", 90)].enumerated().map { index, section in
        Picture(name: section.0) { dark(UInt64(index), brightest: section.1) }
      })
  }

  /// All values of all tiles are kept: held-out ones and values changed by JPEG too.
  @Test(arguments: [TileFormat.png, .jpeg(quality: 70)], ["a", "c"])
  func noTileLosesAnything(format: TileFormat, heldOut: String) throws {
    try withTemporaryDirectory { folder in
      let problem = try tinyProblem.setting([
        "normalization": "training_set", "tissue": "everything",
      ])
      let data = try problem.generateData(
        from: Self.source(), to: folder + "/data",
        options: DataOptions(evaluationSections: [heldOut], tileFormat: format))
      let normalization = try #require(data.problem.normalization)
      #expect(normalization.range == data.summary.range)
      for tile in data.trainingTiles + data.evaluationTiles {
        let pixels = try tile.image().pixels
        #expect(normalization.restored(normalization.normalized(pixels)) == pixels)
      }
      // The brightest value is far beyond three standard deviations.
      #expect(255 > normalization.mean[0] + 4 * normalization.standardDeviation[0])
      // A run records the range with the rest.
      let remade = try ProblemRegistry.standard.problem(
        named: problem.name, options: data.problem.options)
      #expect(remade.normalization == normalization)
    }
  }

  /// The summary of a version that recorded no range is read, and normalizes as that version did.
  @Test func dataWithoutARangeStayAsTheyAre() throws {
    try withTemporaryDirectory { folder in
      let problem = try tinyProblem.setting([
        "normalization": "training_set", "tissue": "everything",
      ])
      let data = try problem.generateData(from: Self.source(), to: folder + "/data")
      var earlier = data.summary
      earlier.range = nil
      earlier.stainFailure = nil
      try earlier.write(to: data.directory)
      let read = try Dataset(at: data.directory, for: problem)
      #expect(
        read.problem.normalization
          == PixelNormalization(
            mean: data.summary.mean, standardDeviation: data.summary.standardDeviation))
    }
  }

  @Test(arguments: ["mean", "deviation", "range"])
  func statisticsOfOtherChannelsAreRefused(field: String) throws {
    try withTemporaryDirectory { folder in
      let data = try tinyProblem.generateData(from: noiseSections(2), to: folder + "/data")
      var summary = data.summary
      switch field {
      case "mean": summary.mean.removeLast()
      case "deviation": summary.standardDeviation[1] = -1
      default: summary.range?.append(0...3)
      }
      try summary.write(to: data.directory)
      #expect(
        errorText { try Dataset(at: data.directory, for: tinyProblem) }
          == "\(data.directory)/dataset.json is damaged: its mean, standard deviation and range "
          + "are not of 3 channels")
    }
  }

  /// A one-channel normalization of a color model must not train a run that cannot be opened.
  @Test func aNormalizationOfOtherChannelsIsRefused() throws {
    try withTemporaryDirectory { folder in
      try tinyProblem.generateData(from: noiseSections(2), to: folder + "/data")
      var problem = tinyProblem
      problem.valueNormalization = .known(PixelNormalization(mean: [9], standardDeviation: [3]))
      let expected = ProblemError.unfitNormalization(
        problem: problem.name, channels: 1, expected: 3)
      #expect(throws: expected) { try Dataset(at: folder + "/data", for: problem) }
      // Nothing is stored for it either.
      #expect(throws: expected) {
        try problem.generateData(from: noiseSections(2), to: folder + "/other")
      }
      #expect(try Files.list(folder) == ["data"])
    }
  }

  @Test func spellings() throws {
    let ranged = PixelNormalization(
      mean: [1.5, 2, 3], standardDeviation: [4, 5, 6], range: [0...9, 1...200, 7...255])
    let text = ValueNormalization.known(ranged).description
    #expect(ValueNormalization(text) == .known(ranged))
    #expect(
      ValueNormalization("9/3") == .known(PixelNormalization(mean: [9], standardDeviation: [3])))
    for wrong in ["9/3/1", "9/3/200/100", "9/3/0/256", "9/3/0,1/255", "9/3/0.5/255", "9/3/1/2/3"] {
      #expect(ValueNormalization(wrong) == nil, "\(wrong)")
    }
  }
}
