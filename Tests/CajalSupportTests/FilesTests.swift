import Foundation
import Testing

@testable import CajalSupport

@Suite struct FilesTests {
  @Test(arguments: [0, 1, 7, 65_535, 65_536, 65_537, 300_001])
  func writtenBytesAreReadBack(count: Int) throws {
    try withTemporaryDirectory { directory in
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
      let path = directory + "/bytes"
      try Files.writeAtomically(to: path, bytes)
      #expect(try Files.read(path) == bytes)
      #expect(try Files.list(directory) == ["bytes"])
    }
  }

  @Test func appendedPiecesArriveInOrder() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/pieces"
      var expected: [UInt8] = []
      try Files.writeAtomically(to: path) { writer in
        for size in [3, 0, 70_000, 1, 65_536, 40_000, 40_000, 5] {
          let piece = [UInt8](repeating: UInt8(size & 0xFF), count: size)
          expected += piece
          if size.isMultiple(of: 2) {
            try writer.append(piece)
          } else {
            try piece.withUnsafeBytes { raw in try writer.append(raw) }
          }
        }
        #expect(writer.count == expected.count)
      }
      #expect(try Files.read(path) == expected)
    }
  }

  @Test func readingStopsAtTheLimit() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/long"
      try Files.writeAtomically(to: path, [UInt8](repeating: 1, count: 100))
      #expect(try Files.read(path, limit: 100).count == 100)
      let error = #expect(throws: FileError.self) { try Files.read(path, limit: 99) }
      #expect(error?.description == "cannot read \(path): it is longer than the allowed 99 bytes")
      // A device without an end must not fill memory either.
      #expect(throws: FileError.self) { try Files.read("/dev/zero", limit: 1000) }
    }
  }

  @Test func whatIsMissingIsNamed() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/missing"
      let reading = #expect(throws: FileError.self) { try Files.read(path) }
      #expect(reading?.description == "cannot read \(path): No such file or directory")
      let listing = #expect(throws: FileError.self) { try Files.list(path) }
      #expect(listing?.description == "cannot list \(path): No such file or directory")
      #expect(throws: FileError.self) { try Files.checkWritable(directory: path) }
      #expect(throws: FileError.self) { try Files.read(directory) }
      #expect(!Files.exists(path))
      #expect(Files.exists(directory) && Files.isDirectory(directory))
    }
  }

  @Test func directoriesAreCreatedWithThoseAbove() throws {
    try withTemporaryDirectory { directory in
      let deep = directory + "/a/b//c"
      try Files.createDirectory(deep)
      try Files.createDirectory(deep)
      #expect(Files.isDirectory(deep))
      try Files.checkWritable(directory: deep)
      #expect(try Files.list(deep).isEmpty)

      try Files.writeAtomically(to: directory + "/file", [1])
      let error = #expect(throws: FileError.self) {
        try Files.createDirectory(directory + "/file/below")
      }
      #expect(error?.reason == "\(directory)/file is there already and is not a directory")
      #expect(throws: FileError.self) { try Files.createDirectory("") }
      #expect(throws: FileError.self) { try Files.checkWritable(directory: directory + "/file") }
    }
  }

  @Test func namesAreSorted() throws {
    try withTemporaryDirectory { directory in
      for name in ["b", "a10", "a2", ".hidden", "ü"] {
        try Files.writeAtomically(to: directory + "/" + name, [])
      }
      #expect(try Files.list(directory) == [".hidden", "a10", "a2", "b", "ü"])
    }
  }
}

@Suite struct WriteAtomicallyTests {
  struct Interruption: Error {}

  @Test func aFailureLeavesTheOldFileAndNothingElse() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/file"
      try Files.writeAtomically(to: path, [1, 2, 3])
      #expect(throws: Interruption.self) {
        try Files.writeAtomically(to: path) { writer in
          try writer.append([UInt8](repeating: 9, count: 200_000))
          throw Interruption()
        }
      }
      #expect(try Files.read(path) == [1, 2, 3])
      #expect(try Files.list(directory) == ["file"])
    }
  }

  @Test func impossibleTargetsAreRefused() throws {
    try withTemporaryDirectory { directory in
      try Files.writeAtomically(to: directory + "/file", [1])
      try Files.createDirectory(directory + "/folder")
      for path in ["/file/below", "/missing/below", "/folder", "/folder/", "/"] {
        let error = #expect(throws: FileError.self) {
          try Files.writeAtomically(to: directory + path, [2])
        }
        #expect(error?.description.contains(directory + path) == true)
      }
      #expect(throws: FileError.self) { try Files.writeAtomically(to: "", [2]) }
      #expect(try Files.list(directory) == ["file", "folder"])
      #expect(try Files.list(directory + "/folder").isEmpty)
    }
  }

  @Test func linksStayAndPermissionsAreKept() throws {
    try withTemporaryDirectory { directory in
      let (path, link) = (directory + "/file", directory + "/link")
      try Files.writeAtomically(to: path, [1])
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "file")
      try Files.writeAtomically(to: link, [2])
      #expect(try Files.read(path) == [2])
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "file")
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o640)
    }
  }

  @Test(.enabled(if: Files.exists("/dev/full"), "there is no /dev/full here"))
  func aFullDeviceIsReported() throws {
    #expect(throws: FileError.self) { try Files.writeAtomically(to: "/dev/full", [1]) }
    // Small appends fail when the buffer is written, large ones at once.
    for count in [1, 200_000] {
      let error = #expect(throws: FileError.self) {
        var writer = FileWriter(descriptor: open("/dev/full", O_WRONLY), path: "/dev/full")
        try writer.append([UInt8](repeating: 0, count: count))
        try writer.finish()
      }
      #expect(error?.description == "cannot write /dev/full: No space left on device")
    }
    // A failure that the caller swallows is not forgotten.
    #expect(throws: FileError.self) {
      var writer = FileWriter(descriptor: open("/dev/full", O_WRONLY), path: "/dev/full")
      try? writer.append([UInt8](repeating: 0, count: 200_000))
      try writer.finish()
    }
  }
}
