import CajalSupport
import CajalImages
import Foundation
import Testing

@testable import CajalProblems

@Suite struct GenerationTests {
  /// The bytes of every file in a directory.
  func contents(_ directory: String) throws -> [String: [UInt8]] {
    Dictionary(
      uniqueKeysWithValues: try Files.list(directory).map {
        ($0, try Files.read(directory + "/" + $0))
      })
  }

  @Test(arguments: [0, 1, 2, 3, 4] as [UInt64])
  func noSectionIsOnBothSides(seed: UInt64) throws {
    try withTemporaryDirectory { folder in
      let options = DataOptions(evaluationFraction: 0.4, seed: seed)
      let data = try tinyProblem.generateData(
        from: noiseSections(5, pictures: 2), to: folder + "/data", options: options)
      let training = Set(data.trainingTiles.map(\.section))
      let evaluation = Set(data.evaluationTiles.map(\.section))
      #expect(training.isDisjoint(with: evaluation))
      #expect(evaluation.count == 2 && training.count == 3)
      #expect(Set(data.evaluationExamples.map(\.section)) == evaluation)
      // 48 × 32 pixels are six tiles of 16, and a tile is four crops of 8.
      #expect(data.trainingTiles.count == 36 && data.evaluationTiles.count == 24)
      #expect(data.evaluationExamples.count == 96)
      #expect(data.summary.trainingTileCount == 36 && data.summary.evaluationTileCount == 24)
      for section in data.summary.sections {
        #expect(section.isForEvaluation == evaluation.contains(section.name))
        #expect(section.tileCount == 12 && section.keptCount == 12 && section.pictureCount == 2)
      }
    }
  }

  @Test func twiceTheSameBytes() throws {
    try withTemporaryDirectory { folder in
      for name in ["one", "two"] {
        try tinyProblem.generateData(from: noiseSections(3), to: folder + "/" + name)
      }
      let one = try contents(folder + "/one")
      #expect(try contents(folder + "/two") == one)
      #expect(
        Set(one.keys)
          == Set(
            (0..<10).map { "img2img_allen_brain-train-0000\($0)-of-00010" }
              + ["img2img_allen_brain-dev-00000-of-00001", "dataset.json"]))
      #expect(try Files.list(folder) == ["one", "two"])
      try tinyProblem.generateData(
        from: noiseSections(3), to: folder + "/three", options: DataOptions(seed: 1))
      #expect(try contents(folder + "/three") != one)
    }
  }

  @Test func statisticsAreThoseOfTheTrainingPixels() throws {
    try withTemporaryDirectory { folder in
      let data = try tinyProblem.generateData(from: noiseSections(3), to: folder + "/data")
      let tiles = try data.trainingTiles.map { try $0.image() }
      for channel in 0..<3 {
        let values = tiles.flatMap { tile in
          stride(from: channel, to: tile.pixels.count, by: 3).map { Double(tile.pixels[$0]) }
        }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        #expect(abs(data.summary.mean[channel] - mean) < 1e-9)
        #expect(abs(data.summary.standardDeviation[channel] - variance.squareRoot()) < 1e-9)
      }
    }
  }

  @Test func completeDataAreReusedAndOthersAreNot() throws {
    try withTemporaryDirectory { folder in
      let directory = folder + "/data"
      try tinyProblem.generateData(from: noiseSections(3), to: directory)
      let before = try contents(directory)
      var retrained = tinyProblem
      retrained.augmentation = .none
      let reused = try retrained.generateData(from: noiseSections(3), to: directory)
      #expect(reused.trainingTiles.count == 12)
      #expect(
        errorText { try tinyProblem.generateData(from: noiseSections(4), to: directory) }
          == "cannot store data in \(directory): it holds data made from other pictures; "
          + "name another directory")
      #expect(try contents(directory) == before)
      let replaced = try tinyProblem.generateData(
        from: noiseSections(4), to: directory, options: DataOptions(existing: .replace))
      #expect(replaced.trainingTiles.count == 18)
      #expect(try Files.list(folder) == ["data"])
    }
  }

  @Test func foreignDirectoriesAreLeftAlone() throws {
    try withTemporaryDirectory { folder in
      try Files.writeAtomically(to: folder + "/thesis.tex", [1])
      for existing in [DataOptions.Existing.reuse, .replace] {
        let text = errorText {
          try tinyProblem.generateData(
            from: noiseSections(3), to: folder, options: DataOptions(existing: existing))
        }
        #expect(text?.hasSuffix("name a new or an empty directory") == true)
      }
      #expect(try Files.list(folder) == ["thesis.tex"])
      let file = errorText {
        try tinyProblem.generateData(from: noiseSections(3), to: folder + "/thesis.tex")
      }
      #expect(file?.contains("it is a file; name a directory") == true)
    }
  }

  @Test func evaluationSectionsByNameAndPattern() throws {
    func evaluation(_ patterns: [String]) throws -> [String] {
      try withTemporaryDirectory { folder in
        try tinyProblem.generateData(
          from: noiseSections(4), to: folder + "/data",
          options: DataOptions(evaluationSections: patterns)
        ).summary.sections.filter(\.isForEvaluation).map(\.name)
      }
    }
    #expect(try evaluation(["b"]) == ["b"])
    #expect(try evaluation(["[ab]", "d"]) == ["a", "b", "d"])
    #expect(try evaluation([]) == [])
    #expect(
      errorText { try evaluation(["*"]) }
        == "cannot split the sections: all of them are evaluation sections, none is left to train on"
    )
    #expect(
      errorText { try evaluation(["section"]) }
        == "cannot split the sections: no section is named section; there are a, b, c, d")
  }

  @Test func oneSectionNeedsConsent() throws {
    try withTemporaryDirectory { folder in
      let text = errorText {
        try tinyProblem.generateData(from: noiseSections(1), to: folder + "/data")
      }
      #expect(
        text
          == "cannot split the sections: there is only one with tiles (a) and none would be left "
          + "to train on; add pictures of another section, split it by area, or train without "
          + "evaluation")
      #expect(try Files.list(folder).isEmpty)
      let data = try tinyProblem.generateData(
        from: noiseSections(1), to: folder + "/data", options: DataOptions(evaluationFraction: 0))
      #expect(data.evaluationExamples.isEmpty && data.trainingTiles.count == 6)
    }
  }

  @Test func progressCountsEveryPicture() throws {
    final class Log: @unchecked Sendable { var entries: [DataProgress] = [] }
    try withTemporaryDirectory { folder in
      let log = Log()
      try tinyProblem.generateData(
        from: noiseSections(3, pictures: 2), to: folder + "/data"
      ) { log.entries.append($0) }
      #expect(log.entries.map(\.pictures) == log.entries.map(\.pictures).sorted())
      #expect(Set(log.entries.map(\.pictures)) == Set(0...6))
      #expect(log.entries.map(\.tiles) == log.entries.map(\.tiles).sorted())
      #expect(log.entries.last?.tiles == 36 && log.entries.last?.pictureCount == 6)
    }
  }

  @Test func tilesSmallerThanCropsAreRefused() throws {
    try withTemporaryDirectory { folder in
      var problem = tinyProblem
      problem.tileSize = 7
      let text = errorText {
        try problem.generateData(from: noiseSections(2), to: folder + "/data")
      }
      #expect(
        text
          == "option tile_size cannot be 7: it is at least the 8 pixels that allen-brain-2to8 crops "
          + "from a tile")
      try tinyProblem.generateData(from: noiseSections(2), to: folder + "/data")
      let larger = AllenBrain.dim8to32
      #expect(
        errorText { try Dataset(at: folder + "/data", for: larger) }?
          .contains("crops 32 x 32; make data with larger tiles") == true)
    }
  }
}
