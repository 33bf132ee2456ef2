import CajalSupport
import CajalImages
import CajalProblems
import Foundation
import Testing

/// Which files of a folder become data, seen from outside.
@Suite struct FolderWalkTests {
  private func withPictures(
    _ names: [String], _ body: (_ folder: String) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      let folder = directory + "/in"
      for (index, name) in names.enumerated() {
        let path = folder + "/" + name
        try Files.createDirectory(String(path[..<path.lastIndex(of: "/")!]))
        try Files.writeAtomically(to: path, noise(UInt64(index)).pngData())
      }
      try body(folder)
    }
  }

  private func link(_ path: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
  }

  private func summary(
    _ folder: String, to output: String? = nil, _ options: DataOptions = DataOptions()
  ) throws -> DataSummary {
    try tinyProblem.generateData(
      from: .images(in: folder), to: output ?? folder + "/../data", options: options
    ).summary
  }

  private func names(_ summary: DataSummary) -> [String] { summary.sections.map(\.name) }
  private func leftOut(_ summary: DataSummary) -> [String] { summary.leftOut.map(\.description) }

  /// Another program's file called dataset.json makes no data set of a folder: its pictures are
  /// used, and it is never replaced.
  @Test func foreignDescriptionsProtectNothingAndEndangerNothing() throws {
    try withPictures(["a.png", "b.png", "sub/c.png"]) { folder in
      let foreign = Array(#"{"name": "slides", "files": ["a.png"]}"#.utf8)
      for path in [folder, folder + "/sub"] {
        try Files.writeAtomically(to: path + "/dataset.json", foreign)
      }
      #expect(names(try summary(folder)) == ["a.png", "b.png", "sub/c.png"])
      let text = errorText {
        try summary(folder, to: folder, DataOptions(existing: .replace))
      }
      #expect(text?.contains("files that are not part of a data set (a.png)") == true)
      #expect(try Files.list(folder) == ["a.png", "b.png", "dataset.json", "sub"])
    }
  }

  /// Numbers and signs in names, however many.
  @Test func namesOfManySigns() throws {
    try withPictures(["a#b1c3.png", "a1b#c#.png", "a2b3c4.png"]) { folder in
      let data = try summary(folder)
      #expect(names(data).count == 3)
    }
  }

  @Test(.timeLimit(.minutes(1))) func linksToFoldersLeadNowhereTwice() throws {
    try withPictures(["a.png", "sub/b.png"]) { folder in
      try link(folder + "/all", to: ".")
      try link(folder + "/again", to: ".")
      try link(folder + "/sub/up", to: "..")
      try link(folder + "/outside", to: "../..")
      try link(folder + "/0-first", to: "sub")
      let data = try summary(folder)
      #expect(names(data) == ["a.png", "sub/b.png"])
      #expect(
        leftOut(data) == [
          "4 links to what is there already (0-first, again, all, sub/up)",
          "1 link to a folder above (outside)",
        ])
    }
  }

  @Test func linksToFoldersElsewhereAreFollowed() throws {
    try withPictures(["in/a.png", "other/deep/b.png"]) { folder in
      try link(folder + "/in/more", to: "../other")
      try link(folder + "/here", to: "in")
      let data = try summary(folder + "/here", to: folder + "/data")
      #expect(names(data) == ["a.png", "more/deep/b.png"])
      #expect(data.leftOut.isEmpty)
    }
  }

  @Test func aFileCountsOnceWhateverItsNames() throws {
    try withPictures(["b.png", "c.png"]) { folder in
      try link(folder + "/a.png", to: "b.png")
      try link(folder + "/gone.png", to: "nothing.png")
      try link(folder + "/loop.png", to: "loop.png")
      try FileManager.default.linkItem(atPath: folder + "/c.png", toPath: folder + "/d.png")
      let data = try summary(folder)
      #expect(names(data) == ["b.png", "c.png"])
      #expect(
        leftOut(data) == [
          "2 links to what is there already (d.png, a.png)",
          "2 links to nothing (gone.png, loop.png)",
        ])
    }
  }

  @Test func resultsAreNoPictures() throws {
    try withPictures(["a.png", "b.png", "run/loss.png", "thumbs/.hidden/c.png", "@eaDir/a.png"]) {
      folder in
      try Files.createDirectory(folder + "/run/checkpoints")
      try Files.writeAtomically(to: folder + "/run/config.json", Array("{}".utf8))
      let first = try tinyProblem.generateData(
        from: .images(in: folder), to: folder + "/thumbs/tiles")
      try first.contactSheet().write(to: folder + "/thumbs/tiles/contact-sheet.png")
      #expect(names(first.summary) == ["a.png", "b.png"])
      for options in [DataOptions(), DataOptions(existing: .replace)] {
        let again = try summary(folder, to: folder + "/thumbs/tiles", options)
        #expect(names(again) == ["a.png", "b.png"])
        #expect(
          leftOut(again) == [
            "1 folder with a data set (thumbs/tiles)", "1 folder with a training run (run)",
            "1 system folder (@eaDir)", "1 hidden file or folder",
          ])
      }
      #expect(
        errorText { try summary(folder + "/thumbs/tiles", to: folder + "/x") }
          == "\(folder)/thumbs/tiles is a data set and not a folder of pictures; name the "
          + "folder of the pictures themselves")
      #expect(
        errorText { try summary(folder + "/run", to: folder + "/x") }?
          .contains("is a training run and not") == true)
      // A list of another program that is called the same.
      try Files.writeAtomically(to: folder + "/dataset.json", Array("{}".utf8))
      #expect(names(try summary(folder, to: folder + "/y")) == ["a.png", "b.png"])
    }
  }

  @Test func firstBytesDecideAndOthersAreReported() throws {
    try withPictures(["a.jfif", "b.jpe", "c", "d.tif"]) { folder in
      let bitmap = Array("BM......".utf8)
      for name in ["1.bmp", "2.BMP", "3.dib"] {
        try Files.writeAtomically(to: folder + "/" + name, bitmap)
      }
      try Files.writeAtomically(to: folder + "/notes", [1])
      try Files.writeAtomically(to: folder + "/Thumbs.db", [1])
      let data = try summary(folder)
      #expect(names(data) == ["a.jfif", "b.jpe", "c", "d.tif"])
      #expect(
        leftOut(data) == [
          "1 file without an extension", "2 .bmp (BMP image; convert to PNG, JPEG or TIFF)",
          "1 .db",
          "1 .dib (BMP image; convert to PNG, JPEG or TIFF)",
        ])
      // What is reported is of the folder as it is, also where the data are those of before.
      try Files.remove(folder + "/Thumbs.db")
      #expect(leftOut(try summary(folder)).count == 3)
      try Files.createDirectory(folder + "/more")
      try Files.writeAtomically(to: folder + "/more/x.png", bitmap)
      #expect(
        errorText { try summary(folder + "/more", to: folder + "/../x") }
          == "\(folder)/more/x.png: it is a BMP image; convert it to PNG, JPEG or TIFF")
    }
    try withTemporaryDirectory { folder in
      try Files.writeAtomically(to: folder + "/1.bmp", Array("BM".utf8))
      try Files.writeAtomically(to: folder + "/.hidden", [0])
      #expect(
        errorText { try summary(folder, to: folder + "/x") }
          == "\(folder) holds no picture that can be used, but 1 .bmp (BMP image; convert to PNG, "
          + "JPEG or TIFF), 1 hidden file or folder")
    }
  }

  @Test(.timeLimit(.minutes(1))) func specialFilesAreLeftOut() throws {
    try withPictures(["a.png", "b.png"]) { folder in
      try #require(mkfifo(folder + "/pipe.png", 0o600) == 0)
      try link(folder + "/null.png", to: "/dev/null")
      #expect(leftOut(try summary(folder)) == ["2 special files (pipe.png, null.png)"])
    }
  }

  @Test(.enabled(if: getuid() != 0, "the superuser may list any folder"))
  func unreadableFoldersAreNamed() throws {
    try withPictures(["a.png", "b.png", "closed/c.png"]) { folder in
      chmod(folder + "/closed", 0)
      defer { chmod(folder + "/closed", 0o700) }
      #expect(
        errorText { try summary(folder) } == "cannot list \(folder)/closed: Permission denied")
      let data = try summary(folder, DataOptions(skipsUnreadable: true))
      #expect(leftOut(data) == ["1 unreadable folder (closed)"])
    }
  }

  /// Names of ISO-8859-1 in files and folders, and a name composed in two ways.
  @Test func namesThatAreNotUTF8() throws {
    try withPictures(["plain.png"]) { folder in
      let mouse = folder + "/" + RawName.text([0x4D, 0xE4, 0x75, 0x73, 0x65])
      try Files.createDirectory(mouse)
      try Files.writeAtomically(to: mouse + "/s.png", noise(11).pngData())
      let brain = RawName.text(
        Array("Gro".utf8) + [0xDF] + Array("_".utf8) + [0xFC] + Array("1.png".utf8))
      try Files.writeAtomically(to: folder + "/" + brain, noise(12).pngData())
      for (index, pattern) in ["Gro?_?1.png", "Gro\\xDF_\\xFC1.png", brain].enumerated() {
        let data = try tinyProblem.generateData(
          from: .images(in: folder), to: folder + "/../data\(index)",
          options: DataOptions(evaluationSections: [pattern]))
        #expect(
          names(data.summary) == ["Gro\\xDF_\\xFC1.png", "M\\xE4use/s.png", "plain.png"])
        #expect(
          data.summary.sections.filter(\.isForEvaluation).map(\.name) == ["Gro\\xDF_\\xFC1.png"])
        #expect(Set(data.trainingTiles.map(\.picture)) == ["M\\xE4use/s.png", "plain.png"])
      }
      // The data may be stored under such a name as well.
      let data = try summary(folder, to: mouse + "/data", DataOptions(existing: .replace))
      #expect(try Dataset(at: mouse + "/data").summary.sections == data.sections)
    }
  }

  @Test func aPatternMatchesCharactersAsTheyAreSeen() throws {
    for name in ["Schnitt_\u{E4}.png", "Schnitt_a\u{308}.png"] {
      try withPictures([name, "b.png"]) { folder in
        for pattern in ["Schnitt_?.png", "Schnitt_\u{E4}.png", "Schnitt_a\u{308}.png"] {
          let data = try summary(
            folder, DataOptions(evaluationSections: [pattern], existing: .replace))
          #expect(data.sections.filter(\.isForEvaluation).map(\.name) == [name])
        }
      }
    }
  }
}
