import Foundation
import Testing

@testable import CajalSupport

@Suite struct SpecialFileTests {
  /// Opening a FIFO without a writer must not hang.
  @Test(.timeLimit(.minutes(1))) func nothingWaitsForAFIFO() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/fifo"
      try #require(mkfifo(path, 0o600) == 0)
      let text = "cannot read \(path): it is a FIFO, not a regular file"
      for allowsStreams in [false, true] {
        let opening = #expect(throws: FileError.self) {
          _ = try Files.openForReading(path, allowsStreams: allowsStreams)
        }
        #expect(opening?.description == text)
      }
      #expect(#expect(throws: FileError.self) { try Files.read(path) }?.description == text)
      #expect(#expect(throws: FileError.self) { try RandomAccessFile(path) }?.description == text)
      #expect(Files.status(of: path)?.kind == .fifo)
      let link = directory + "/link"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "fifo")
      #expect(Files.status(of: link, followingLinks: false)?.kind == .link)
      #expect(throws: FileError.self) { try Files.read(link) }
    }
  }

  @Test func devicesAreNamed() {
    let error = #expect(throws: FileError.self) { try Files.read("/dev/null") }
    #expect(error?.description == "cannot read /dev/null: it is a device, not a regular file")
  }

  /// What the shell writes as `<(…)` is a pipe that the process was given.
  @Test func streamsOfTheProcessAreRead() throws {
    let pipe = Pipe()
    pipe.fileHandleForWriting.write(Data([1, 2, 3]))
    try pipe.fileHandleForWriting.close()
    let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    #expect(try Files.read(path) == [1, 2, 3])
    #expect(throws: FileError.self) { _ = try Files.openForReading(path) }
  }

  @Test func oneFileHasOneIdentity() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/file"
      try Files.writeAtomically(to: path, [1, 2, 3])
      try Files.writeAtomically(to: directory + "/copy", [1, 2, 3])
      try Files.writeAtomically(to: directory + "/other", [1, 2, 4])
      try FileManager.default.linkItem(atPath: path, toPath: directory + "/hard")
      try FileManager.default.createSymbolicLink(
        atPath: directory + "/soft", withDestinationPath: "file")
      let identity = try #require(Files.status(of: path)).identity
      #expect(Files.status(of: directory + "/hard")?.identity == identity)
      #expect(Files.status(of: directory + "/soft")?.identity == identity)
      #expect(Files.status(of: directory + "/copy")?.identity != identity)
      #expect(try Files.haveEqualContent(path, directory + "/copy"))
      #expect(try !Files.haveEqualContent(path, directory + "/other"))
    }
  }

  @Test func absolutePathsHaveNoDots() throws {
    #expect(try Files.absolute("/a//b/./c/../d/") == "/a/b/d")
    #expect(try Files.absolute("/..") == "/")
    let current = FileManager.default.currentDirectoryPath
    #expect(try Files.absolute("x/../y") == current + "/y")
  }

  /// Links go, what they lead to stays.
  @Test func removingDoesNotFollowLinks() throws {
    try withTemporaryDirectory { directory in
      try Files.createDirectory(directory + "/kept")
      try Files.writeAtomically(to: directory + "/kept/file", [1])
      try Files.createDirectory(directory + "/gone/deep")
      try FileManager.default.createSymbolicLink(
        atPath: directory + "/gone/link", withDestinationPath: "../kept")
      try Files.remove(directory + "/gone")
      #expect(try Files.list(directory) == ["kept"])
      #expect(try Files.list(directory + "/kept") == ["file"])
      try Files.remove(directory + "/none")
    }
  }
}

@Suite struct FileTextTests {
  private func text(_ bytes: [UInt8]) throws -> String {
    try withTemporaryDirectory { directory in
      try Files.writeAtomically(to: directory + "/text", bytes)
      return try Files.readText(directory + "/text", limit: 1000)
    }
  }

  @Test func byteOrderMarksAreLeftOut() throws {
    let text = "12\r\nä🙂"
    #expect(try self.text(Array(text.utf8)) == text)
    #expect(try self.text([0xEF, 0xBB, 0xBF] + Array(text.utf8)) == text)
    let little = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(try self.text([0xFF, 0xFE] + little) == text)
    let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    #expect(try self.text([0xFE, 0xFF] + big) == text)
    let wide = text.unicodeScalars.flatMap { scalar in
      (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * $0)) }
    }
    #expect(try self.text([0xFF, 0xFE, 0, 0] + wide) == text)
    #expect(try self.text([]) == "" && self.text([0xEF, 0xBB, 0xBF]) == "")
  }

  @Test(arguments: [[0x31, 0xE4], [0xFF, 0xFE, 0x31], [0xFE, 0xFF, 0xD8, 0x00]] as [[UInt8]])
  func whatIsNoTextIsRefused(bytes: [UInt8]) {
    let error = #expect(throws: FileError.self) { try text(bytes) }
    #expect(error?.reason == "it is not text in UTF-8; save it as UTF-8")
  }
}
