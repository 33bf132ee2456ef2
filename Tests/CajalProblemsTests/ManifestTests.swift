import CajalSupport
import CajalImages
import CajalProblems
import Foundation
import Testing

/// Lists of pictures as other programs and systems write them.
@Suite struct ManifestTests {
  private let composed = "Schnitt_\u{E4}.png", decomposed = "Schnitt_a\u{308}.png"

  private func withPictures(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      let folder = directory + "/in"
      try Files.createDirectory(folder + "/sub")
      for (index, name) in [composed, "b.png", "sub/c.png"].enumerated() {
        try noise(UInt64(index)).write(to: folder + "/" + name)
      }
      try body(folder)
    }
  }

  /// The names of the pictures' sections, or the text of the error after the manifest's name.
  private func sections(_ folder: String, _ bytes: [UInt8]) throws -> [String] {
    try Files.writeAtomically(to: folder + "/m.json", bytes)
    do {
      return try tinyProblem.generateData(
        from: .images(in: folder, manifest: "m.json"), to: folder + "/../data",
        options: DataOptions(existing: .replace)
      ).summary.sections.map(\.name)
    } catch {
      let prefix = "cannot use \(folder)/m.json: "
      let text = "\(error)"
      return [text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text]
    }
  }

  private func items(_ files: String..., separator: String = "\n") -> String {
    let items = files.map { "{\"file\": \"\($0)\"}" }
    return ["{\"items\": [", items.joined(separator: ",\(separator)"), "]}"]
      .joined(separator: separator)
  }

  @Test func textsOfWindows() throws {
    try withPictures { folder in
      let text = items(composed, "b.png", separator: "\r\n")
      let utf16 = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
      for bytes in [
        Array(text.utf8), [0xEF, 0xBB, 0xBF] + Array(text.utf8), [0xFF, 0xFE] + utf16,
      ] {
        let found = try sections(folder, bytes)
        #expect(found == [composed, "b.png"].sorted())
      }
      let latin = text.unicodeScalars.map { UInt8($0.value) }
      #expect(
        try sections(folder, latin) == [
          "cannot read \(folder)/m.json: it is not text in UTF-8; save it as UTF-8"
        ])
    }
  }

  @Test func namesMayBeComposedOtherwise() throws {
    try withPictures { folder in
      try Files.rename(folder + "/sub", to: folder + "/\u{FC}")
      let text = items(decomposed, "u\u{308}/c.png")
      #expect(try sections(folder, Array(text.utf8)) == [composed, "\u{FC}/c.png"])
      // Where both are there, each is itself.
      try noise(7).write(to: folder + "/" + decomposed)
      for (name, seed) in [(composed, 0), (decomposed, 7)] as [(String, UInt64)] {
        try Files.writeAtomically(to: folder + "/m.json", Array(items(name).utf8))
        let data = try tinyProblem.generateData(
          from: .images(in: folder, manifest: "m.json"), to: folder + "/../data",
          options: DataOptions(evaluationFraction: 0, existing: .replace))
        let tile = try #require(
          data.trainingTiles.first { $0.position == PixelPosition(x: 0, y: 0) })
        #expect(try tile.image() == noise(seed).cropped(x: 0, y: 0, width: 16, height: 16))
      }
    }
  }

  @Test func bytesThatAreNotUTF8AreSpelled() throws {
    try withPictures { folder in
      try noise(5).write(to: folder + "/" + RawName.text([0xE4]) + ".png")
      #expect(
        try sections(folder, Array(items("\\\\xE4.png", "b.png").utf8)) == ["\\xE4.png", "b.png"])
    }
  }

  @Test func pathsStayInside() throws {
    try withPictures { folder in
      try noise(9).write(to: folder + "/../secret.png")
      for (name, target) in [("out", ".."), ("secret.png", "../secret.png")] {
        try FileManager.default.createSymbolicLink(
          atPath: folder + "/" + name, withDestinationPath: target)
      }
      func error(_ file: String) throws -> String {
        try sections(folder, Array(items(file, "b.png").utf8)).joined(separator: ", ")
      }
      let leaves = "leaves the folder \(folder)"
      #expect(try error("../secret.png") == "../secret.png \(leaves)")
      #expect(try error("sub/../../in/b.png") == "sub/../../in/b.png \(leaves)")
      #expect(try error("secret.png") == "secret.png \(leaves) through a link")
      #expect(try error("out/secret.png") == "out/secret.png \(leaves) through a link")
      #expect(
        try error("/etc/passwd")
          == "/etc/passwd is an absolute path; write paths inside the folder \(folder)")
      #expect(try error("sub\\\\c.png") == "sub\\c.png has backslashes; write sub/c.png")
      #expect(try error("") == "an item's file is empty")
      #expect(
        try error("none.png") == "cannot read \(folder)/none.png: No such file or directory")
      #expect(try error("sub/../sub/./c.png") == "b.png, sub/../sub/./c.png")
    }
  }

  @Test(.timeLimit(.minutes(1))) func specialFilesAreRefused() throws {
    try withPictures { folder in
      try #require(mkfifo(folder + "/pipe.png", 0o600) == 0)
      #expect(
        try sections(folder, Array(items("pipe.png", "b.png").utf8)) == [
          "cannot read \(folder)/pipe.png: it is a FIFO, not a regular file"
        ])
      let fifo = errorText {
        try tinyProblem.generateData(
          from: .images(in: folder, manifest: "pipe.png"), to: folder + "/../x")
      }
      #expect(fifo == "cannot read \(folder)/pipe.png: it is a FIFO, not a regular file")
    }
  }
}
