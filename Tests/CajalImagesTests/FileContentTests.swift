import CajalSupport
import Foundation
import Testing

@testable import CajalImages

@Suite struct FileContentTests {
  private func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws
    -> Result
  {
    let path = NSTemporaryDirectory() + "cajal-content-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Files.writeAtomically(to: path, bytes)
    return try body(path)
  }

  @Test func firstBytesTellPictures() throws {
    let image = Image(width: 8, height: 8, channels: 3, filledWith: 100)
    for bytes in [try image.pngData(), try image.jpegData()] {
      #expect(try withFile(bytes) { try FileContent(ofFile: $0) } == .picture)
    }
    for order in ["II*\0", "MM\0*", "II+\0", "MM\0+"] {
      #expect(try withFile(Array(order.utf8)) { try FileContent(ofFile: $0) } == .picture)
    }
    let bitmap = Array("BM......".utf8)
    #expect(try withFile(bitmap) { try FileContent(ofFile: $0) } == .otherFormat("a BMP image"))
    let dicom = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
    #expect(try withFile(dicom) { try FileContent(ofFile: $0) } == .otherFormat("a DICOM file"))
    for bytes in [[], [0x89], Array("notes".utf8)] as [[UInt8]] {
      #expect(try withFile(bytes) { try FileContent(ofFile: $0) } == .unknown)
    }
    #expect(throws: FileError.self) { try FileContent(ofFile: "/no/such/file") }
    for name in ["a.PNG", "a.b.jpe", "x/a.jfif", "a.TIF", "b.svs"] {
      #expect(FileContent.namesPicture(name))
    }
    for name in ["png", "a.bmp", "a.png~"] { #expect(!FileContent.namesPicture(name)) }
  }

  @Test(.timeLimit(.minutes(1))) func aFIFOIsNoPicture() throws {
    let path = NSTemporaryDirectory() + "cajal-fifo-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    try #require(mkfifo(path, 0o600) == 0)
    let text = "\(path): cannot be read: it is a FIFO, not a regular file"
    let whole = #expect(throws: ImageError.self) { try Image(contentsOf: path) }
    #expect(whole?.kind == .unreadable && whole?.description == text)
    let rows = #expect(throws: ImageError.self) { _ = try ImageReader(contentsOf: path) }
    #expect(rows?.description == text)
  }

  @Test func namesThatAreNotUTF8AreOpened() throws {
    let path = NSTemporaryDirectory() + UUID().uuidString + RawName.text([0xE4])
    defer { try? Files.remove(path) }
    let image = Image(width: 4, height: 4, channels: 1, filledWith: 7)
    try Files.writeAtomically(to: path, image.pngData())
    #expect(try Image(contentsOf: path) == image)
    try Files.writeAtomically(to: path, [1])
    let error = #expect(throws: ImageError.self) { try Image(contentsOf: path) }
    #expect(error?.description.contains("\\xE4: ") == true)
  }
}
