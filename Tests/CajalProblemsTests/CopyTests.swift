import CajalSupport
import CajalImages
import CajalProblems
import Foundation
import Testing

/// No pixel is on both sides of the split, for any names of files.
@Suite struct CopyTests {
  private func withPictures(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      let folder = directory + "/in"
      try Files.createDirectory(folder + "/sub")
      for (index, name) in ["a.png", "b.png", "sub/c.png"].enumerated() {
        try noise(UInt64(index), width: 64, height: 48).write(to: folder + "/" + name)
      }
      try body(folder)
    }
  }

  private func copy(_ file: String, to other: String) throws {
    try Files.writeAtomically(to: other, Files.read(file))
  }

  private func generate(_ folder: String, items: String? = nil) throws -> Dataset {
    if let items {
      try Files.writeAtomically(to: folder + "/m.json", Array("{\"items\": [\(items)]}".utf8))
    }
    return try tinyProblem.generateData(
      from: .images(in: folder, manifest: items == nil ? nil : "m.json"), to: folder + "/../data",
      options: DataOptions(existing: .replace))
  }

  @Test func copiesInAFolderAreOfOneSection() throws {
    try withPictures { folder in
      try copy(folder + "/a.png", to: folder + "/a copy.png")
      try copy(folder + "/a.png", to: folder + "/sub/0.png")
      // As long as the others, and different.
      let bytes = try Files.read(folder + "/b.png")
      try Files.writeAtomically(to: folder + "/d.png", Array(bytes.dropLast(1)) + [bytes.last! ^ 1])
      let error = errorText { try generate(folder) }
      #expect(error?.hasPrefix("\(folder)/d.png: ") == true)
      try Files.remove(folder + "/d.png")

      let data = try generate(folder)
      #expect(data.summary.sections.map(\.name) == ["a.png", "b.png", "sub/c.png"])
      #expect(data.summary.sections.map(\.pictureCount) == [3, 1, 1])
      #expect(data.summary.copies == [["a copy.png", "a.png", "sub/0.png"]])
      #expect(data.summary.leftOut.isEmpty)
    }
  }

  @Test func aFileHasOneSection() throws {
    try withPictures { folder in
      try copy(folder + "/a.png", to: folder + "/copy.png")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/link.png", withDestinationPath: "b.png")
      #expect(
        errorText {
          try generate(
            folder, items: #"{"file": "b.png", "section": "x"}, {"file": "b.png", "section": "y"}"#)
        }
          == "cannot use b.png: it is listed for the sections x and y; list it once, or give it "
          + "crops that do not overlap")
      func isRefused(_ items: String, _ sections: String) {
        let text = errorText { try generate(folder, items: items) } ?? "none"
        #expect(text.contains("listed for the sections \(sections);"), "\(text)")
      }
      isRefused(#"{"file": "a.png"}, {"file": "copy.png"}"#, "copy.png and a.png")
      isRefused(#"{"file": "b.png"}, {"file": "./link.png"}"#, "./link.png and b.png")
      isRefused(
        #"{"file": "sub/c.png"}, {"file": "sub/../sub/c.png"}"#, "sub/../sub/c.png and sub/c.png")
      let part = #"{"file": "a.png", "section": "y", "crop": [31, 16, 64, 32]}"#
      isRefused(#"{"file": "a.png", "section": "x"}, "# + part, "x and y")
      isRefused(
        #"{"file": "a.png", "section": "x", "crop": [0, 0, 32, 48]}, {"file": "b.png"}, "# + part,
        "x and y")
      #expect(!Files.exists(folder + "/../data"))
    }
  }

  /// Several sections on one slide, and a list with an item twice.
  @Test func partsThatDoNotOverlapMayBeSections() throws {
    try withPictures { folder in
      let data = try generate(
        folder,
        items: """
          {"file": "a.png", "section": "x", "crop": [0, 0, 32, 48]},
          {"file": "a.png", "section": "y", "crop": [32, 0, 64, 48]},
          {"file": "b.png", "section": "z"}, {"file": "b.png", "section": "z"},
          {"file": "b.png", "section": "z", "crop": [0, 0, 16, 16]}
          """)
      #expect(data.summary.sections.map(\.name) == ["x", "y", "z"])
      #expect(data.summary.sections.map(\.tileCount) == [6, 6, 13])
      #expect(data.summary.leftOut.map(\.description) == ["1 repeated item (b.png)"])
    }
  }

  @Test func filesThatAProgramNamesAreTreatedAlike() throws {
    try withPictures { folder in
      let twice = ["x", "y"].map { Picture(file: folder + "/a.png", section: $0) }
      #expect(
        errorText { try tinyProblem.generateData(from: .pictures(twice), to: folder + "/data") }?
          .contains("listed for the sections x and y") == true)
    }
  }
}
