import Cajal
import Foundation
import Testing

/// `cajal datagen` of folders as users have them.
@Suite struct PictureFolderTests {
  private static let problem = [
    "--problem", "allen-brain-4to16", "--option", "tissue=everything", "--training-shards", "2",
  ]

  /// A folder `in` with a picture of each name.
  private func pictures(_ names: [String], side: Int = 64) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (index, name) in names.enumerated() {
      let path = folder.path + "/in/" + name
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try SyntheticTissue.section(seed: UInt64(index + 1), width: side, height: side)
        .pngData().withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: path)) }
    }
    return folder
  }

  private func datagen(_ folder: TemporaryFolder, _ more: String...) throws -> CommandOutcome {
    try CajalProcess.run(
      ["datagen", "--images", folder.path + "/in", "--output", folder.path + "/data"]
        + Self.problem + more)
  }

  private func warnings(_ outcome: CommandOutcome) -> [Substring] {
    outcome.errorLines.filter { $0.hasPrefix("warning: ") }
  }

  @Test func sectionsByPattern() throws {
    let folder = try pictures(["sect1_tile1_4.png", "sect1_tile1_5.png", "sect2_tile3_1.png"])
    let drawn = try datagen(folder)
    #expect(drawn.status == 0, "\(drawn.errors)")
    #expect(warnings(drawn).count == 1)
    #expect(drawn.errors.contains("differ in numbers only"))
    #expect(drawn.errors.contains(#"--sections-by '(sect\d+)' keeps it together"#))
    let file = try datagen(folder, "--sections-by", "file")
    #expect(file.status == 0 && warnings(file).isEmpty, "\(file.errors)")

    let grouped = try datagen(folder, "--sections-by", #"(sect\d+)_"#, "--overwrite")
    #expect(grouped.status == 0 && warnings(grouped).isEmpty, "\(grouped.errors)")
    #expect(grouped.output.contains(/sections +2\n/))
    #expect(grouped.output.contains(/held-out sections +sect[12]\n/))
    let unmatched = try datagen(folder, "--sections-by", "(sect1)_", "--overwrite")
    #expect(unmatched.status == 2)
    #expect(unmatched.errors.contains("1 of 3 files do not match it: sect2_tile3_1.png"))
    #expect(unmatched.errors.contains("; --sections-by is file, folder, or a pattern"))
    let elsewhere = try CajalProcess.run([
      "datagen", "--download", "--sections-by", "file", "--output", folder.path + "/x",
    ])
    #expect(elsewhere.status == 2 && elsewhere.errors.contains("--sections-by is for --images"))
  }

  /// Two series of files: one pattern is proposed that groups both, and does.
  @Test func onePatternIsProposedForAll() throws {
    let names = ["a1_1.png", "a1_2.png", "a2_1.png", "b1_1.png", "b1_2.png", "b2_1.png"]
    let folder = try pictures(names)
    let drawn = try datagen(folder, "--evaluation-fraction", "0.6")
    let option = try #require(
      drawn.errors.firstMatch(of: /--sections-by '([^']+)'/)?.output.1, "\(drawn.errors)")
    #expect(warnings(drawn).count == 1 && option == #"(a\d+|b\d+)"#)
    let grouped = try datagen(folder, "--sections-by", String(option), "--overwrite")
    #expect(grouped.output.contains(/sections +4\n/), "\(grouped.errors)")
  }

  @Test func oneSectionIsSplitByArea() throws {
    let folder = try pictures(["one.png"], side: 128)
    let refused = try datagen(folder)
    #expect(refused.status == 2)
    #expect(refused.errors.contains("; --split-by area holds out a part of it"))
    let split = try datagen(
      folder, "--split-by", "area", "--evaluation-fraction", "0.2", "--tile-size", "32")
    #expect(split.status == 0, "\(split.errors)")
    #expect(
      split.output.contains(/held-out areas +one.png from row 96; 4 tiles around them unused/))
    #expect(split.output.contains(/held-out tiles +4\n/))
    #expect(split.output.contains(/training tiles +8\n/))
    let data = try Dataset(at: folder.path + "/data")
    #expect(data.summary.request.split == "area" && data.summary.areas.count == 1)

    for (more, part) in [
      (["--evaluation-section", "one.png"], "use one (see"),
      (["--evaluation-fraction", "0"], "--evaluation-fraction above 0"),
    ] {
      let both = try CajalProcess.run(
        ["datagen", "--images", "x", "--output", "y", "--split-by", "area"] + more)
      #expect(both.status == 2 && both.errors.contains(part), "\(both.errors)")
    }
  }

  @Test func whatIsLeftOutIsReported() throws {
    let folder = try pictures(["a.png", "b.png", "b copy.png"])
    let bitmap = Data("BM......".utf8)
    try bitmap.write(to: URL(fileURLWithPath: folder.path + "/in/c.bmp"))
    let original = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/in/b.png"))
    try original.write(to: URL(fileURLWithPath: folder.path + "/in/b copy.png"))
    for _ in 0..<2 {
      let made = try datagen(folder)
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.output.contains("left out: 1 .bmp (BMP image; convert to PNG, JPEG or TIFF)"))
      #expect(made.output.contains("copies, each in the section of the other: b copy.png = b.png"))
    }
  }

  @Test func picturesSmallerThanATileNameItsSize() throws {
    let folder = try pictures(["a.png", "b.png"], side: 20)
    let refused = try datagen(folder)
    #expect(refused.status == 2)
    #expect(refused.errors.contains("20 x 20 pixels are less than one tile of 64 x 64"))
    #expect(refused.errors.contains("; --tile-size 20 cuts such tiles"))
    let made = try datagen(folder, "--tile-size", "20")
    #expect(made.status == 0, "\(made.errors)")
    // Too small for any tile.
    let other = try CajalProcess.run([
      "datagen", "--images", folder.path + "/in", "--output", folder.path + "/x",
    ])
    #expect(other.status == 2 && !other.errors.contains("--tile-size"), "\(other.errors)")
  }

  /// A FIFO without a writer, wherever a file can be named.
  @Test(.timeLimit(.minutes(2))) func nothingHangsOnAFIFO() throws {
    let folder = try pictures(["a.png", "b.png"])
    let fifo = folder.path + "/in/pipe.png"
    try #require(mkfifo(fifo, 0o600) == 0)
    let walked = try datagen(folder)
    #expect(walked.status == 0, "\(walked.errors)")
    #expect(walked.output.contains("left out: 1 special file (pipe.png)"))
    let item = try folder.write(
      Array(#"{"items": [{"file": "pipe.png"}, {"file": "a.png"}]}"#.utf8), to: "m.json")
    for arguments in [
      ["datagen", "--images", folder.path + "/in", "--manifest", fifo, "--output", "y"],
      ["datagen", "--images", folder.path + "/in", "--manifest", item, "--output", "y"],
      ["datagen", "--download", "--ids", fifo, "--output", "y"],
      ["upsample", "--run", "x", fifo, "-o", folder.path + "/out.png"],
      ["compare", fifo, folder.path + "/in/a.png"],
    ] {
      let refused = try CajalProcess.run(arguments)
      #expect(refused.status == 2, "\(refused.errors)")
      #expect(refused.errors.contains(fifo) && refused.errors.contains("it is a FIFO"))
    }
  }

  /// The name of the folder, of a picture, of the data and of the section on the command line are
  /// ISO-8859-1.
  @Test func namesThatAreNotUTF8() throws {
    let folder = try pictures(["a.png", "b.png"])
    func shell(_ script: String) throws -> CommandOutcome {
      try CajalProcess.run(
        shell: "cd '\(folder.path)'; folder=\"$(printf 'M\\344use')\"; \(script)")
    }
    #expect(try shell(#"mv in "$folder"; mv "$folder"/a.png "$folder/$folder".png"#).status == 0)
    let made = try shell(
      #"exec "$0" datagen --images "$folder" --output "$folder/data" "#
        + #"--evaluation-section "$folder".png "# + Self.problem.joined(separator: " "))
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output.contains(#"M\xE4use/data"#))
    #expect(made.output.contains(/held-out sections +M\\xE4use\.png\n/))
    let drawn = try shell(#"exec "$0" examples --data "$folder/data" -n 1 -o "$folder/x.png""#)
    #expect(drawn.status == 0, "\(drawn.errors)")
    let missing = try shell(#"exec "$0" datagen --images "x$folder" --output y"#)
    #expect(missing.status == 2)
    #expect(missing.errors == "cajal: cannot list xM\\xE4use: No such file or directory\n")
  }

  @Test func idsOfWindows() throws {
    let folder = try TemporaryFolder()
    let ids = try folder.write([0xEF, 0xBB, 0xBF] + Array("x12\r\n".utf8), to: "ids.txt")
    let refused = try CajalProcess.run(["datagen", "--download", "--ids", ids, "--output", "y"])
    // The first entry is what is there, without the mark.
    #expect(refused.errors.contains("line 1: x12 is not a section"), "\(refused.errors)")
  }
}
