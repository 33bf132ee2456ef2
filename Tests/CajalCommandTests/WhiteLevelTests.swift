import Cajal
import Foundation
import Testing

/// Pictures of a 12-bit camera in files of 16 bits, through all commands that read pictures.
@Suite struct WhiteLevelTests {
  private let folder: TemporaryFolder
  private let sections: String

  init() throws {
    folder = try TemporaryFolder()
    sections = try folder.makeFolder("sections")
    for seed in 1...3 {
      _ = try folder.write(
        DeepPNG.tissue(width: 64, height: 64, seed: seed, top: 4000), to: "sections/\(seed).png")
    }
  }

  private func datagen(_ output: String, _ more: String...) throws -> CommandOutcome {
    try CajalProcess.run(
      ["datagen", "--images", sections, "--output", folder.path + "/" + output]
        + ["--evaluation-section", "3.png"] + more)
  }

  @Test func theUsedRangeIsNoticed() throws {
    let refused = try datagen("data")
    #expect(refused.status == 2 && refused.errorLines.count == 1)
    #expect(
      refused.errors.contains(
        "the 3 16-bit pictures of \(sections) use only 12 of 16 bits (the largest value is 4000)"))
    #expect(refused.errors.contains("--white-level 4095") && !refused.errors.contains("background"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/data"))
    // Dark pictures stay dark if requested.
    let dark = try datagen("dark", "--white-level", "65535", "--option", "tissue=everything")
    #expect(dark.status == 0 && dark.output.contains("white at 65535"))
  }

  @Test func theWhiteLevelScalesAllPictures() throws {
    // One of them is of 8 bits, which the level does not concern.
    try SyntheticTissue.section(seed: 9, width: 64, height: 64).write(to: sections + "/9.png")
    let made = try datagen("data", "--white-level", "4095")
    try #require(made.status == 0, "\(made.errors)")
    #expect(made.output.contains(/dropped as background +0\n/))
    #expect(made.output.contains("3, largest value 4000, white at 4095\n"))
    let data = try Dataset(at: folder.path + "/data")
    #expect(data.summary.request.whiteLevel == 4095)
    let tile = try #require(data.trainingTiles.first { $0.section == "1.png" })
    let deep = try DeepImage(contentsOf: sections + "/1.png").narrowed(whiteLevel: 4095)
    #expect(try tile.image() == deep.converted(toChannels: 3))
    let shallow = try #require(data.trainingTiles.first { $0.section == "9.png" })
    #expect(try shallow.image() == Image(contentsOf: sections + "/9.png"))

    // The same is taken again; another level is other data.
    let again = try datagen("data", "--white-level", "4095")
    #expect(again.status == 0)
    let other = try datagen("data", "--white-level", "16383")
    #expect(other.status == 2 && other.errors.contains("made with white at 4095, not 16383"))
    let clipped = try datagen("clipped", "--white-level", "2000")
    #expect(clipped.output.contains("white at 2000; larger values became 255\n"))
  }

  @Test func shardsAreTakenAsTheyAre() throws {
    let refused = try CajalProcess.run(["datagen", "--shards", "x", "--white-level", "4095"])
    #expect(
      refused.status == 2 && refused.errors.contains("--white-level is for --images and --download")
    )
  }

  /// One picture that uses the whole range shows that 65535 is white; the dark ones are reported.
  @Test func darkPicturesAmongOthersAreReported() throws {
    _ = try folder.write(
      DeepPNG.tissue(width: 64, height: 64, seed: 4, top: 65000), to: "sections/4.png")
    let made = try datagen("data", "--option", "tissue=everything")
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output.contains("4, largest value 65000, white at 65535; 3 of them use 14 bits"))
  }

  /// A run knows the level of its data, and enlarges pictures of the same camera with it.
  @Test func aRunTakesPicturesOfItsCamera() throws {
    let work = try Workspace()
    try #require(try datagen("data", "--white-level", "4095").status == 0)
    let trained = try CajalProcess.run(
      work.training(steps: 2).map { $0 == work.data ? folder.path + "/data" : $0 })
    try #require(trained.status == 0, "\(trained.errors)")
    let record = try TrainedRun<Img2ImgTransformer>(work.run)
      .dataRecord(as: PictureDataRecord.self)
    #expect(record.whiteLevel == 4095)
    let deep = DeepPNG.tissue(width: 8, height: 8, seed: 5, top: 4000)
    let tile = try folder.write(deep, to: "tile.png")
    let scaled = try folder.write(
      DeepImage(decoding: deep).narrowed(whiteLevel: 4095).pngData(), to: "scaled.png")
    func upsample(_ input: String, _ more: String...) throws -> (Image, String) {
      let output = folder.path + "/large.png"
      let outcome = try CajalProcess.run(
        ["upsample", "--run", work.run, input, "-o", output, "--decoding", "zero-target"] + more)
      try #require(outcome.status == 0, "\(outcome.errors)")
      return (try Image(contentsOf: output), outcome.errors)
    }
    let (expected, _) = try upsample(scaled)
    let (image, errors) = try upsample(tile)
    #expect(image == expected)
    #expect(
      errors == "note: \(tile) has 16 bits a value; the run is of 8 bits, and so is the output\n")
    let (_, clipped) = try upsample(tile, "--white-level", "255")
    #expect(clipped.contains("is above white, 255"))
    let arguments = ["upsample", "--run", work.run, tile, "-o", folder.path + "/none.png"]
    let refused = try CajalProcess.run(arguments + ["--white-level", "0"])
    #expect(refused.status == 2 && refused.errors.contains("--white-level is from 1 to 65535"))
    // Data of another level is other data.
    try #require(try datagen("other", "--white-level", "8191").status == 0)
    let resumed = try CajalProcess.run(
      work.training(steps: 2, "--resume").map { $0 == work.data ? folder.path + "/other" : $0 })
    #expect(resumed.status == 2 && resumed.errors.contains("white at 8191, was 4095"))
    // The run's file is from outside too.
    let path = try RunFolder(existing: work.run).configurationPath
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacingOccurrences(of: "4095", with: "70000").write(
      toFile: path, atomically: true, encoding: .utf8)
    let broken = try CajalProcess.run(arguments)
    #expect(broken.status == 2 && broken.errors.contains("its white level is not in 1 to 65535"))
  }

  /// Without a white level, the used range is reported.
  @Test func aRunOfOtherDataSaysWhatIsUsed() throws {
    let work = try Workspace()
    try work.train()
    let tile = try folder.write(
      DeepPNG.tissue(width: 8, height: 8, seed: 5, top: 4000), to: "tile.png")
    let outcome = try CajalProcess.run([
      "upsample", "--run", work.run, tile, "-o", folder.path + "/large.png", "--decoding",
      "zero-target",
    ])
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("uses 12 of 16 bits"))
    #expect(outcome.errors.contains("--white-level 4095"))
  }
}
