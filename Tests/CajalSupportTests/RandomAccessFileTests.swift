import CajalSupport
import Foundation
import Testing

@Suite struct RandomAccessFileTests {
  private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "cajal-file-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Files.writeAtomically(to: path, bytes)
    try body(path)
  }

  @Test(arguments: [true, false]) func anyRangeIsRead(staysOpen: Bool) throws {
    let bytes = (0..<300).map { UInt8($0 % 251) }
    try withFile(bytes) { path in
      let file = try RandomAccessFile(path, staysOpen: staysOpen)
      #expect(file.count == 300)
      for range in [0..<0, 0..<300, 299..<300, 17..<40, 300..<300] {
        #expect(try file.read(range) == Array(bytes[range]))
      }
      #expect(try file.checksum() == CRC32C.checksum(bytes))
    }
  }

  /// An open file keeps its content when another file takes its name; a reopened one does not.
  @Test func replacedFiles() throws {
    try withFile([1, 2, 3, 4]) { path in
      let kept = try RandomAccessFile(path)
      let again = try RandomAccessFile(path, staysOpen: false)
      try Files.writeAtomically(to: path, [9, 9])
      #expect(try kept.read(1..<4) == [2, 3, 4])
      #expect(try again.read(0..<2) == [9, 9])
      let error = #expect(throws: FileError.self) { try again.read(1..<4) }
      #expect(error?.reason == "it ends at byte 2; it has become shorter")
    }
  }

  @Test func whatIsNoFile() throws {
    #expect(throws: FileError.self) { try RandomAccessFile("/no/such/file") }
    let error = #expect(throws: FileError.self) { try RandomAccessFile(NSTemporaryDirectory()) }
    #expect(error?.reason == "it is not a regular file")
  }
}

@Suite struct SpoolFileTests {
  /// Pieces appended by several threads are at the returned offsets, and the file has no name.
  @Test func piecesLieWhereTheyAreSaid() throws {
    let folder = NSTemporaryDirectory() + "cajal-spool-" + UUID().uuidString
    try Files.createDirectory(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let spool = try SpoolFile(in: folder)
    #expect(try Files.list(folder).isEmpty)
    let places = UnsafeMutableBufferPointer<Int>.allocate(capacity: 200)
    defer { places.deallocate() }
    nonisolated(unsafe) let starts = places
    DispatchQueue.concurrentPerform(iterations: 200) { number in
      let piece = [UInt8](repeating: UInt8(number), count: number)
      starts[number] = (try? spool.append(piece)) ?? -1
    }
    for number in 0..<200 {
      let range = places[number]..<(places[number] + number)
      #expect(try spool.read(range) == [UInt8](repeating: UInt8(number), count: number))
    }
    #expect(throws: FileError.self) { try SpoolFile(in: folder + "/none") }
  }
}
