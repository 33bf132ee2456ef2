import CajalSupport
import CajalImages
import CajalTensor
import Foundation
import Testing

@testable import CajalProblems

/// Cutting a single picture: rows, tiles and the handling of damage.
@Suite struct CuttingTests {
  /// Files are read by rows; the tiles are those of the whole picture, with a crop and without.
  @Test(arguments: [nil, Picture.Crop(left: 5, top: 3, right: 44, bottom: 61)])
  func filesByRowsAreThePictures(crop: Picture.Crop?) throws {
    try withTemporaryDirectory { folder in
      let image = noise(5, width: 70, height: 65)
      try image.write(to: folder + "/a.png")
      let memory = Picture(name: "a", crop: crop) { image }
      let file = Picture(file: folder + "/a.png", name: "a", crop: crop)
      var problem = tinyProblem
      problem.tissueRule = .everything
      var tiles: [[Image]] = []
      for (name, picture) in [("memory", memory), ("file", file)] {
        let data = try problem.generateData(
          from: .pictures([picture]), to: folder + "/" + name,
          options: DataOptions(evaluationFraction: 0))
        tiles.append(try data.trainingTiles.map { try $0.image() })
        let (left, top) = (crop?.left ?? 0, crop?.top ?? 0)
        for tile in data.trainingTiles {
          #expect(
            try tile.image()
              == image.cropped(
                x: left + tile.position.x, y: top + tile.position.y, width: 16, height: 16))
        }
      }
      #expect(tiles[0] == tiles[1] && tiles[0].count == (crop == nil ? 16 : 6))
    }
  }

  /// A problem whose tiles overlap, in both directions.
  @Test func tilesMayOverlap() throws {
    struct Overlapping: Problem {
      let name = "overlapping"
      let inputShape = PixelShape(square: 8)
      let targetShape = PixelShape(square: 8)
      func tilePositions(width: Int, height: Int) -> [PixelPosition] {
        (0...((height - 16) / 5)).flatMap { row in
          (0...((width - 16) / 7)).map { PixelPosition(x: 7 * $0, y: 5 * row) }
        }
      }
      func example(from crop: Image, using random: inout RandomStream) -> Example {
        Example(input: crop, target: crop)
      }
    }
    try withTemporaryDirectory { folder in
      let image = noise(2, width: 45, height: 37)
      try image.write(to: folder + "/a.png")
      let data = try Overlapping().generateData(
        from: .images(in: folder), to: folder + "/data",
        options: DataOptions(evaluationFraction: 0))
      #expect(data.trainingTiles.count == 5 * 5)
      for tile in data.trainingTiles {
        let (x, y) = (tile.position.x, tile.position.y)
        #expect(try tile.image() == image.cropped(x: x, y: y, width: 16, height: 16))
      }
    }
  }

  /// Damage below the last tile of a picture, after some of its tiles have been kept, leaves
  /// nothing of it.
  @Test func brokenPicturesLeaveNothing() throws {
    try withTemporaryDirectory { folder in
      for name in ["a", "b", "c"] {
        try noise(UInt64(name.utf8.first!), width: 48, height: 90).write(
          to: "\(folder)/\(name).png")
      }
      let whole = try Files.read(folder + "/b.png")
      try Files.writeAtomically(to: folder + "/b.png", Array(whole.dropLast(2000)))
      #expect(
        errorText { try tinyProblem.generateData(from: .images(in: folder), to: folder + "/data") }?
          .hasPrefix("\(folder)/b.png: ") == true)
      #expect(try Files.list(folder) == ["a.png", "b.png", "c.png"])
      let data = try tinyProblem.generateData(
        from: .images(in: folder), to: folder + "/data", options: DataOptions(skipsUnreadable: true)
      )
      #expect(data.summary.skipped.map(\.picture) == ["b.png"])
      #expect(!(data.trainingTiles + data.evaluationTiles).contains { $0.picture == "b.png" })
      #expect(data.trainingTiles.count + data.evaluationTiles.count == 30)
    }
  }

  /// A file that a list names and that is not there, and a picture whose maker fails.
  @Test func missingPicturesAreSkippedAndListed() throws {
    struct Failure: Error {}
    try withTemporaryDirectory { folder in
      let pictures: [Picture] =
        ["a", "b"].map { name in Picture(name: name) { noise(1) } } + [
          Picture(file: folder + "/none.png", name: "none"),
          Picture(name: "failing") { throw Failure() },
        ]
      #expect(
        errorText { try tinyProblem.generateData(from: .pictures(pictures), to: folder + "/data") }?
          .contains("/none.png") == true)
      for _ in 0..<2 {
        let data = try tinyProblem.generateData(
          from: .pictures(pictures), to: folder + "/data",
          options: DataOptions(skipsUnreadable: true))
        #expect(data.summary.skipped.map(\.picture) == ["none", "failing"])
        #expect(data.trainingTiles.count + data.evaluationTiles.count == 12)
      }
    }
  }

  @Test func tilesCanBeJPEG() throws {
    try withTemporaryDirectory { folder in
      let source = SyntheticTissue.sections(3, size: 64)
      let options = DataOptions(tileFormat: .jpeg(quality: 95))
      let lossless = try tinyProblem.generateData(from: source, to: folder + "/png")
      let lossy = try tinyProblem.generateData(from: source, to: folder + "/jpeg", options: options)
      #expect(lossy.summary.mean == lossless.summary.mean)
      for (left, right) in zip(lossless.trainingTiles, lossy.trainingTiles) {
        #expect(left.position == right.position && left.picture == right.picture)
        let ratio = try ImageMetrics.psnr(left.image(), right.image())
        #expect(ratio > 28 && ratio.isFinite)
      }
      #expect(
        errorText { try tinyProblem.generateData(from: source, to: folder + "/jpeg") }?
          .contains("it holds data made of jpeg:95 tiles, not png") == true)
    }
  }

  /// Invalid numbers in a file are an error when it is read, not a trap later.
  @Test func statisticsFromFilesAreChecked() {
    func decode<Value: Decodable>(_ type: Value.Type, _ json: String) throws -> Value {
      try JSONDecoder().decode(type, from: Data(json.utf8))
    }
    #expect(throws: Never.self) {
      _ = try decode(PixelNormalization.self, #"{"mean": [1], "deviation": [2]}"#)
      _ = try decode(StainSeparation.self, #"{"densities": [[1, 2, 3], [3, 2, 1]]}"#)
    }
    for json in [
      #"{"mean": [1, 2], "deviation": [1, 2]}"#, #"{"mean": [1], "deviation": []}"#,
      #"{"mean": [1], "deviation": [-2]}"#,
    ] {
      #expect(throws: DecodingError.self) { try decode(PixelNormalization.self, json) }
    }
    for json in [
      #"{"densities": []}"#, #"{"densities": [[1, 2, 3], [2, 4, 6]]}"#,
      #"{"densities": [[1, 2], [3, 4]]}"#,
    ] {
      #expect(throws: DecodingError.self) { try decode(StainSeparation.self, json) }
    }
  }
}
