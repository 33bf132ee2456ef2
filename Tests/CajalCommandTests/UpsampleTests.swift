import Cajal
import Foundation
import Testing

/// `cajal upsample` of files and folders, interrupted and continued.
@Suite struct UpsampleTests {
  /// A run of a small restoration model, trained for two updates.
  private func workspace() throws -> Workspace {
    let work = try Workspace()
    try work.trainRestoration()
    return work
  }

  private func succeed(_ arguments: [String]) throws -> CommandOutcome {
    let outcome = try CajalProcess.run(arguments)
    try #require(outcome.status == 0, "\(arguments): \(outcome.errors)")
    return outcome
  }

  @Test func foldersAndSeveralFiles() throws {
    let work = try workspace()
    let folder = try work.folder.makeFolder("in")
    for (name, width, height) in [("a.png", 7, 5), ("b.jpg", 1, 1), ("c.png", 20, 3)] {
      try SyntheticTissue.section(seed: 1, width: width, height: height)
        .write(to: "\(folder)/\(name)")
    }
    try Data("no picture".utf8).write(to: URL(fileURLWithPath: folder + "/notes.txt"))
    let upsample = ["upsample", "--run", work.run]
    let output = work.path + "/out"
    let made = try succeed(upsample + [folder, "-o", output])
    #expect(
      made.output == """
        \(output)/a.png: 28×20 pixels
        \(output)/b.png: 4×4 pixels
        \(output)/c.png: 80×12 pixels

        """)
    let single = work.path + "/a.png"
    _ = try succeed(upsample + [folder + "/a.png", "-o", single])
    #expect(try Image(contentsOf: single) == Image(contentsOf: output + "/a.png"))

    // What is there is kept by --resume.
    try FileManager.default.removeItem(atPath: output + "/c.png")
    let resumed = try succeed(
      upsample + [folder + "/a.png", folder + "/c.png", "-o", output, "--resume"])
    #expect(resumed.output == "\(output)/c.png: 80×12 pixels\n")

    for (arguments, part) in [
      ([folder, "-o", work.path + "/one.png"], "is named as a picture"),
      ([folder + "/a.png", work.sections + "/../in/a.png", "-o", output], "two calls"),
      ([folder, "-o", folder], "would overwrite"),
      ([work.path + "/run", "-o", output], "no picture"),
      ([folder + "/a.png", "-o", single, "--uncertainty", single], "name two files"),
      ([folder + "/a.png", "-o", work.path + "/a.gif"], "ends in .png"),
    ] {
      let refused = try CajalProcess.run(upsample + arguments)
      #expect(refused.status == 2 && refused.errors.contains(part), "\(refused.errors)")
      #expect(refused.errorLines.count == 1)
    }
  }

  @Test func alphaAndPixelSize() throws {
    let work = try workspace()
    let (width, height) = (9, 7)
    let input = work.path + "/alpha.png"
    let metadata = PictureMetadata(pixelSize: .init(width: 2, height: 4))
    try ImageWriter.write(
      to: input, width: width, height: height, channels: 4, metadata: metadata
    ) { writer in
      var pixels: [UInt8] = []
      for pixel in 0..<(width * height) {
        pixels += [100, 150, 200]
        pixels.append(pixel % width < 4 ? 0 : 255)
      }
      try pixels.withUnsafeBufferPointer { (buffer) throws(ImageError) in
        try writer.append(buffer)
      }
    }
    let output = work.path + "/large.png"
    _ = try succeed(["upsample", "--run", work.run, input, "-o", output])
    var reader = try ImageReader(contentsOf: output, keepsAlpha: true)
    #expect(reader.channels == 4 && reader.width == 36 && reader.height == 28)
    let size = try #require(reader.metadata.pixelSize)
    #expect(abs(size.width - 0.5) < 1e-3 && abs(size.height - 1) < 1e-3)
    var values = [UInt8](repeating: 0, count: 36 * 28 * 4)
    let rows = try values.withUnsafeMutableBufferPointer { try reader.readRows(into: $0) }
    #expect(rows == 28)
    let plane = Image(
      width: width, height: height, channels: 1,
      pixels: (0..<(width * height)).map { $0 % width < 4 ? 0 : 255 })
    let expected = plane.resized(width: 36, height: 28, filter: .bicubicRepeatingEdges)
    let alpha = stride(from: 3, to: values.count, by: 4).map { values[$0] }
    #expect(alpha == expected.pixels)
    // A format without alpha shows it over white.
    let flat = work.path + "/large.jpg"
    _ = try succeed(["upsample", "--run", work.run, input, "-o", flat])
    #expect(try Image(contentsOf: flat)[3, 10, 0] > 240)
  }

  /// Kept rows continue to the same pictures, and only where all is as it was.
  @Test(arguments: [["--decoding", "one-pass"], ["--decoding", "sample", "--seed", "4"]])
  func killedAndContinued(decoding: [String]) throws {
    let work = try workspace()
    let input = work.path + "/in.png"
    let colors = SyntheticTissue.section(seed: 3, width: 12, height: 400).pixels
    try ImageWriter.write(to: input, width: 12, height: 400, channels: 4) { writer in
      var pixels: [UInt8] = []
      for pixel in 0..<4800 {
        pixels += colors[(3 * pixel)..<(3 * pixel + 3)]
        pixels.append(UInt8(pixel % 256))
      }
      try pixels.withUnsafeBufferPointer { (buffer) throws(ImageError) in
        try writer.append(buffer)
      }
    }
    func upsample(_ name: String, _ more: String...) -> [String] {
      ["upsample", "--run", work.run, input, "--memory", "1"] + decoding
        + ["-o", "\(work.path)/\(name).png", "--uncertainty", "\(work.path)/\(name)-u.png"] + more
    }
    _ = try succeed(upsample("whole"))
    let killed = try CajalProcess.run(
      upsample("out", "--keep-after", "0"), sending: SIGKILL,
      after: { $0.contains("finished rows are kept in") })
    #expect(killed.wasKilled)
    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: work.path + name) }
    #expect(exists("/out.png.part") && !exists("/out.png") && !exists("/out-u.png"))

    let without = try CajalProcess.run(upsample("out"))
    #expect(without.status == 2 && without.errors.contains("--resume continues it"))
    let other = try CajalProcess.run(upsample("out", "--resume", "--white-level", "99"))
    #expect(other.status == 2 && other.errors.contains("another white level"), "\(other.errors)")
    let resumed = try succeed(upsample("out", "--resume"))
    #expect(resumed.errors.contains(/continuing .*out.png after \d+ of 1600 rows/))
    #expect(!exists("/out.png.part"))
    for (name, expected) in [("/out.png", "/whole.png"), ("/out-u.png", "/whole-u.png")] {
      let paths = [name, expected].map { URL(fileURLWithPath: work.path + $0) }
      #expect(try Data(contentsOf: paths[0]) == Data(contentsOf: paths[1]))
    }
  }

  /// A signal leaves what was there, and no temporary file.
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func stopped(signal: Int32, status: Int32) throws {
    let work = try workspace()
    let folder = try work.folder.makeFolder("out")
    let input = work.path + "/in.png"
    try SyntheticTissue.section(seed: 3, width: 12, height: 2000).write(to: input)
    let old = Array("an older picture".utf8)
    _ = try work.folder.write(old, to: "out/large.png")
    let stopped = try CajalProcess.run(
      [
        "upsample", "--run", work.run, input, "--memory", "1", "--keep-after", "0", "--decoding",
        "sample", "-o", folder + "/large.png",
      ], sending: signal, after: { $0.contains("finished rows are kept in") })
    #expect(!stopped.wasKilled && stopped.status == status, "\(stopped.errors)")
    #expect(try Array(Data(contentsOf: URL(fileURLWithPath: folder + "/large.png"))) == old)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(names == ["large.png", "large.png.part"])
  }

  /// Image transformers enlarge by tiles.
  @Test func picturesOfOtherSizesThanTheTiles() throws {
    let work = try Workspace()
    try work.train()
    for (width, height) in [(1, 1), (8, 8), (11, 5)] {
      let input = work.path + "/in.png"
      try SyntheticTissue.section(seed: 3, width: width, height: height).write(to: input)
      let output = work.path + "/out.png"
      let made = try succeed(["upsample", "--run", work.run, input, "-o", output])
      #expect(made.output == "\(output): \(4 * width)×\(4 * height) pixels\n")
    }
  }

  @Test func seamsAreCompared() throws {
    let folder = try TemporaryFolder()
    let picture = folder.path + "/a.png"
    try SyntheticTissue.section(seed: 3, width: 64, height: 64).write(to: picture)
    let compared = try succeed(["compare", picture, picture, "--seams", "24,32"])
    #expect(compared.output.contains(/a.png +inf +1.0000 +\d\.\d\d\d\ntarget +\d\.\d\d\d/))
    let refused = try CajalProcess.run(["compare", picture, picture, "--seams", "0"])
    #expect(refused.status == 2 && refused.errors.contains("size of a tile in pixels"))
  }
}
