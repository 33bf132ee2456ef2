import CajalSupport
import CajalImages
import CajalProblems
import Foundation
import Testing

/// One section, a part of which is held out.
@Suite struct AreaSplitTests {
  private func options(_ fraction: Double) -> DataOptions {
    DataOptions(evaluationFraction: fraction, existing: .replace, split: .area)
  }

  /// Tiles are 16 × 16: three side by side, `rows` one above the other.
  private func section(rows: Int, name: String = "a") -> Picture {
    Picture(name: name) { noise(3, width: 48, height: 16 * rows) }
  }

  @Test(arguments: [(3, 0.05, 32), (10, 0.05, 144), (10, 0.3, 112), (10, 0.99, 32), (5, 0.5, 32)])
  func heldOutTilesTouchNoTrainingTile(rows: Int, fraction: Double, start: Int) throws {
    try withTemporaryDirectory { folder in
      let data = try tinyProblem.generateData(
        from: .pictures([section(rows: rows)]), to: folder + "/data", options: options(fraction))
      let area = try #require(data.summary.areas.first)
      #expect(area.picture == "a" && area.evaluationStart == start)
      #expect(area.trainingEnd == start - 16 && area.droppedTileCount == 3)
      let held = try #require(data.evaluationTiles.map(\.position.y).min())
      let training = try #require(data.trainingTiles.map { $0.position.y + 16 }.max())
      #expect(held == start && training == start - 16)
      #expect(data.trainingTiles.count + data.evaluationTiles.count == 3 * rows - 3)
      #expect(!data.evaluationExamples.isEmpty)
      #expect(data.summary.sections.map(\.keptCount) == [3 * rows])

      // What is written is read again, and taken for the same.
      #expect(try Dataset(at: folder + "/data").summary.areas == [area])
      var again = options(fraction)
      again.existing = .reuse
      #expect(
        try tinyProblem.generateData(
          from: .pictures([section(rows: rows)]), to: folder + "/data", options: again
        ).summary.areas == [area])
      again.split = .sections
      #expect(
        errorText {
          try tinyProblem.generateData(
            from: .pictures([section(rows: rows)]), to: folder + "/data", options: again)
        }?.contains("with another split") == true)
    }
  }

  /// The statistics are those of the tiles that train.
  @Test func statisticsAreOfTheTrainingTiles() throws {
    try withTemporaryDirectory { folder in
      let data = try tinyProblem.generateData(
        from: .pictures([section(rows: 6)]), to: folder + "/data", options: options(0.3))
      let pixels = try data.trainingTiles.flatMap { try $0.image().pixels }
      let red = stride(from: 0, to: pixels.count, by: 3).map { Double(pixels[$0]) }
      #expect(abs(data.summary.mean[0] - red.reduce(0, +) / Double(red.count)) < 1e-9)
    }
  }

  /// Rows without tissue are not held out, and apart from others all the same.
  @Test func backgroundIsNotHeldOut() throws {
    try withTemporaryDirectory { folder in
      var tissue = AllenBrain(.upsampling(from: 2, to: 8))
      tissue.tileSize = 16
      let glass = Image(width: 48, height: 32, channels: 3, filledWith: 240)
      let pixels = noise(3, width: 48, height: 64).pixels + glass.pixels
      let picture = Picture(name: "a") { Image(width: 48, height: 96, channels: 3, pixels: pixels) }
      let data = try tissue.generateData(
        from: .pictures([picture]), to: folder + "/data", options: options(0.05))
      #expect(data.evaluationTiles.map(\.position.y) == [48, 48, 48])
      #expect(data.trainingTiles.count == 6)
    }
  }

  @Test func picturesWithoutRoomTrain() throws {
    try withTemporaryDirectory { folder in
      let pictures = [section(rows: 2, name: "low"), section(rows: 4, name: "high")]
      let data = try tinyProblem.generateData(
        from: .pictures(pictures), to: folder + "/data", options: options(0.05))
      #expect(data.summary.areas.map(\.picture) == ["high"])
      #expect(data.trainingTiles.count { $0.picture == "low" } == 6)
      #expect(
        errorText {
          try tinyProblem.generateData(
            from: .pictures([pictures[0]]), to: folder + "/x", options: options(0.05))
        }?.hasSuffix("and none has that; make data with smaller tiles") == true)
    }
  }

  @Test func whatCannotBeSplitByArea() throws {
    try withTemporaryDirectory { folder in
      func text(_ pictures: [Picture], _ options: DataOptions) -> String? {
        errorText {
          try tinyProblem.generateData(
            from: .pictures(pictures), to: folder + "/data", options: options)
        }?.replacing("cannot split the sections: ", with: "")
      }
      #expect(text([section(rows: 4)], options(0)) == "the fraction to hold out by area is 0")
      var named = options(0.05)
      named.evaluationSections = ["a"]
      #expect(text([section(rows: 4)], named)?.contains("none of them is an evaluation") == true)

      let file = folder + "/a.png"
      try noise(1, width: 48, height: 160).write(to: file)
      func part(_ top: Int, _ bottom: Int) -> Picture {
        Picture(
          file: file, name: "a.png", section: "s",
          crop: Picture.Crop(left: 0, top: top, right: 48, bottom: bottom))
      }
      for second in [part(48, 128), part(64, 160), part(79, 160)] {
        #expect(
          text([part(0, 64), second], options(0.05))
            == "crops of a.png overlap or are less than a tile apart, so they cannot be split by "
            + "area"
        )
      }
      #expect(text([part(0, 64), part(80, 160)], options(0.05)) == nil)
    }
  }
}
