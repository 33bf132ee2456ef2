import ArgumentParser
import Cajal
import CajalFiles

/// The option that names the picture to write.
struct PictureOutput: ParsableArguments {
  @Option(name: .shortAndLong, help: "The picture to write: a .png, .jpg or .jpeg file.")
  var output: String

  func validate() throws { try Self.validate(output) }

  /// Checks, before any work is done, that the name is one of a picture.
  static func validate(_ path: String) throws {
    let name = path.lowercased()
    guard [".png", ".jpg", ".jpeg"].contains(where: name.hasSuffix) else {
      throw ValidationError("\(path): the name of a picture ends in .png, .jpg or .jpeg")
    }
  }

  /// Checks, before any work is done, that the picture's folder takes files.
  static func checkFolder(of path: String) throws {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    try Files.checkWritable(directory: folder)
    guard !Files.isDirectory(path) else {
      throw FileError(path: path, attempt: "write", reason: "it is a folder")
    }
  }

  /// Checks that the picture can probably be written.
  func checkFolder() throws { try Self.checkFolder(of: output) }
}
