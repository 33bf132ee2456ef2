import Foundation
import Testing

@testable import CajalSupport

@Suite struct RawNameTests {
  /// Names as file systems have them: UTF-8, ISO-8859-1, Shift JIS, cut and overlong sequences,
  /// surrogates, and the characters that stand for bytes themselves.
  static let names: [[UInt8]] = [
    Array("Schnitt_ä.png".utf8), Array("a\u{308}".utf8), [0x47, 0xDF, 0xFC],
    [0x83, 0x5C, 0x83, 0x80],
    [0xC3], [0x61, 0xE2, 0x82], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
    [0xFF, 0xFE],
    Array("\u{10FEE4}".utf8), Array("ä\u{10FE80}".utf8) + [0xE4], Array("\\xE4".utf8), [],
  ]

  @Test func everyNameComesBack() {
    for name in Self.names {
      let text = RawName.text(name)
      #expect(RawName.bytes(text) == name)
      #expect(text.systemPath.dropLast().map { UInt8(bitPattern: $0) } == name)
      #expect(text.systemPath.last == 0)
    }
    #expect(Set(Self.names.map { RawName.text($0) }).count == Self.names.count)
  }

  @Test func bytesThatAreNotUTF8AreShown() {
    let text = RawName.text([0x47, 0xDF, 0xC3, 0xA4, 0xFC, 0x31])
    #expect(RawName.shown(text) == "G\\xDFä\\xFC1")
    #expect(RawName.unshown("G\\xDFä\\xFC1") == text)
    #expect(RawName.shown("Schnitt_ä") == "Schnitt_ä")
    #expect(RawName.unshown("\\x41 \\xE \\xäö \\x+8 \\") == "\\x41 \\xE \\xäö \\x+8 \\")
    let error = FileError(path: text, attempt: "read", reason: "none")
    #expect(error.description == "cannot read G\\xDFä\\xFC1: none")
  }

  @Test func filesOfAnyNameAreListedReadAndWritten() throws {
    try withTemporaryDirectory { directory in
      let raw = Array("\(directory)/M".utf8) + [0xE4] + Array("use".utf8)
      try #require(mkdir(raw.map { CChar(bitPattern: $0) } + [0], 0o777) == 0)
      let folder = directory + "/" + (try #require(try Files.list(directory).first))
      #expect(Files.isDirectory(folder) && Files.exists(folder))
      let path = folder + "/" + RawName.text([0xFC])
      try Files.writeAtomically(to: path, [1, 2, 3])
      #expect(try Files.list(folder).map { RawName.shown($0) } == ["\\xFC"])
      #expect(try Files.read(path) == [1, 2, 3])
      #expect(try RandomAccessFile(path).read(1..<3) == [2, 3])
      try Files.rename(path, to: folder + "/ü")
      #expect(try Files.list(folder) == ["ü"])
      #expect(Files.resolved(folder + "/./ü").map { $0.hasSuffix("use/ü") } == true)
      try Files.createDirectory(folder + "/" + RawName.text([0xFF]) + "/deep")
      try Files.checkWritable(directory: folder + "/" + RawName.text([0xFF]))
      try Files.remove(folder)
      #expect(try Files.list(directory).isEmpty)
    }
  }

  /// Names that are equal to Swift are two files, whose order is always the same.
  @Test func composedAndDecomposedNamesHaveAnOrder() throws {
    try withTemporaryDirectory { directory in
      for name in ["\u{E4}", "a\u{308}"] {
        try Files.writeAtomically(to: directory + "/" + name, [])
      }
      #expect(
        try Files.list(directory).map { Array($0.utf8) } == [Array("a\u{308}".utf8), [0xC3, 0xA4]])
    }
  }
}
