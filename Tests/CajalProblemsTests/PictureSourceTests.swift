import CajalSupport
import CajalImages
import CajalProblems
import Testing

@Suite struct PictureSourceTests {
  func write(_ image: Image, to path: String) throws {
    try Files.writeAtomically(to: path, try image.pngData())
  }

  @Test func everyFileIsASection() throws {
    try withTemporaryDirectory { folder in
      try Files.createDirectory(folder + "/in/more")
      try write(noise(1), to: folder + "/in/b.PNG")
      try write(noise(2), to: folder + "/in/more/a.png")
      try write(noise(3), to: folder + "/in/.hidden.png")
      try write(noise(4, width: 5, height: 5), to: folder + "/in/small.png")
      try Files.writeAtomically(to: folder + "/in/notes.txt", [1])
      let data = try tinyProblem.generateData(
        from: .images(in: folder + "/in"), to: folder + "/data")
      #expect(data.summary.sections.map(\.name) == ["b.PNG", "more/a.png", "small.png"])
      #expect(data.summary.sections.map(\.keptCount) == [6, 6, 0])
      #expect(data.summary.skipped.map(\.picture) == ["small.png"])
      #expect(
        data.summary.skipped.map(\.reason)
          == ["its 5 x 5 pixels are less than one tile of 16 x 16"])
    }
  }

  @Test func manifestNamesSectionsAndCrops() throws {
    try withTemporaryDirectory { folder in
      try write(noise(1, width: 40, height: 40), to: folder + "/one.png")
      try write(noise(2, width: 40, height: 40), to: folder + "/two.png")
      let manifest = """
        {"items": [
          {"file": "one.png", "section": "s", "crop": [3, 5, 37, 22], "set": "x", "other": 1},
          {"file": "one.png", "section": "s", "crop": [0, 0, 16, 16], "set": "y"},
          {"file": "two.png"}
        ]}
        """
      try Files.writeAtomically(to: folder + "/index.json", Array(manifest.utf8))
      let data = try tinyProblem.generateData(
        from: .images(in: folder, manifest: "index.json"), to: folder + "/data",
        options: DataOptions(evaluationSections: ["two.png"]))
      #expect(data.summary.sections.map(\.name) == ["s", "two.png"])
      #expect(data.summary.sections.map(\.tileCount) == [3, 4])
      let tile = try #require(
        data.trainingTiles.first { $0.position == PixelPosition(x: 16, y: 0) })
      let picture = noise(1, width: 40, height: 40)
      #expect(try tile.image() == picture.cropped(x: 3 + 16, y: 5, width: 16, height: 16))

      let onlyX = try tinyProblem.generateData(
        from: .images(in: folder, manifest: folder + "/index.json", sets: ["x"]),
        to: folder + "/x", options: DataOptions(evaluationFraction: 0))
      #expect(onlyX.trainingTiles.count == 2)
    }
  }

  @Test func badManifests() throws {
    try withTemporaryDirectory { folder in
      try write(noise(1), to: folder + "/one.png")
      func text(_ manifest: String, sets: [String]? = nil) throws -> String? {
        try Files.writeAtomically(to: folder + "/m.json", Array(manifest.utf8))
        return errorText {
          try tinyProblem.generateData(
            from: .images(in: folder, manifest: "m.json", sets: sets), to: folder + "/data")
        }
      }
      let name = "cannot use \(folder)/m.json: "
      #expect(try text("{") == name + "it is not valid JSON")
      #expect(try text("{}") == name + "it has no 'items'")
      #expect(try text(#"{"items": []}"#) == name + "its list of items is empty")
      #expect(try text(#"{"items": [{}]}"#) == name + "it has no 'items[0].file'")
      #expect(
        try text(#"{"items": [{"file": "one.png", "crop": [1]}]}"#)
          == name + "the crop of one.png is not four numbers")
      #expect(
        try text(#"{"items": [{"file": "one.png", "set": "gad1"}]}"#, sets: ["gad"])
          == name + "it has no set gad; did you mean gad1?")
      #expect(
        try text(#"{"items": [{"file": "one.png", "crop": [0, 0, 49, 1]}]}"#)
          == "cannot use one.png: its crop [0, 0, 49, 1] is not inside of its 48 x 32 pixels")
      #expect(
        try text(#"{"items": [{"file": "none.png"}]}"#)
          == "cannot read \(folder)/none.png: No such file or directory")
      #expect(try Files.list(folder) == ["m.json", "one.png"])
    }
  }

  @Test func foldersWithoutUse() throws {
    try withTemporaryDirectory { folder in
      try Files.createDirectory(folder + "/in")
      func text(_ options: DataOptions = DataOptions()) -> String? {
        errorText {
          try tinyProblem.generateData(
            from: .images(in: folder + "/in"), to: folder + "/data", options: options)
        }
      }
      #expect(text() == "\(folder)/in holds no picture: put .png, .jpg or .tif files there")
      try write(noise(4, width: 5, height: 5), to: folder + "/in/small.png")
      #expect(
        text() == "no tile came out of \(folder)/in: small.png: its 5 x 5 pixels are less than one "
          + "tile of 16 x 16")
      try write(
        Image(width: 64, height: 64, channels: 3, filledWith: 240), to: folder + "/in/glass.png")
      #expect(
        text() == "no tile came out of \(folder)/in: all 16 tiles were dropped as background")

      let whole = try noise(1).pngData()
      try Files.writeAtomically(to: folder + "/in/cut.png", Array(whole.prefix(whole.count / 2)))
      #expect(text()?.hasPrefix("\(folder)/in/cut.png: ") == true)
      try write(noise(1), to: folder + "/in/one.png")
      try write(noise(2), to: folder + "/in/two.png")
      #expect(text()?.hasPrefix("\(folder)/in/cut.png: ") == true)
      #expect(try Files.list(folder) == ["in"])
      #expect(text(DataOptions(skipsUnreadable: true)) == nil)
      let summary = try Dataset(at: folder + "/data", for: tinyProblem).summary
      #expect(summary.skipped.map(\.picture) == ["cut.png", "small.png"])
      #expect(
        errorText { try tinyProblem.generateData(from: .images(in: "/none"), to: "/x") }
          == "cannot list /none: No such file or directory")
    }
  }

  /// The counts of the README of those pictures: tissue tiles of 32 × 32, and all of them.
  @Test(.enabled(if: sharedFolder != nil, "needs ../shared"))
  func tileCountsOfTheRealSections() throws {
    let sections = try #require(sharedFolder) + "/data/sections"
    var problem = AllenBrain.dim8to32
    problem.tileSize = 32
    try withTemporaryDirectory { folder in
      let summary = try problem.generateData(
        from: .images(in: sections, manifest: "index.json"), to: folder + "/data"
      ).summary
      let sets = Dictionary(grouping: summary.sections) { $0.set ?? "" }.mapValues { sections in
        [sections.reduce(0) { $0 + $1.keptCount }, sections.reduce(0) { $0 + $1.tileCount }]
      }
      #expect(sets["allen-ish-gad1"] == [5485, 8763])
      #expect(sets["allen-nissl-sagittal"] == [147, 150])
      #expect(sets["nissl-hua167"] == [27692, 28125])
      #expect(summary.skipped.isEmpty)
    }
  }
}
