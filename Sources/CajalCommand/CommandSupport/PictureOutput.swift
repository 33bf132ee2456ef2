import ArgumentParser
import Cajal
import CajalSupport

/// The option that names the picture to write.
struct PictureOutput: ParsableArguments {
  @Option(
    name: .shortAndLong, help: "The picture to write: a .png, .jpg, .jpeg, .tif or .tiff file.")
  var output: String

  func validate() throws { try Self.validate(output) }

  /// Checks, before any work is done, that the name is that of a picture.
  static func validate(_ path: String) throws {
    guard isPicture(path) else {
      throw ValidationError(
        "\(path): the name of a picture ends in .png, .jpg, .jpeg, .tif or .tiff")
    }
  }

  /// Checks, before any work is done, that the picture can probably be written, and that it would
  /// not overwrite an input file, under any name.
  ///
  /// - Parameter inputs: Input files, or folders; all files in them count except pictures,
  ///   recursively.
  static func check(_ path: String, reading inputs: [String]) throws {
    for input in try inputs.flatMap(files(in:)) where Files.isSameFile(path, input) {
      let what = input == path ? "what is read" : "\(input), which is read"
      throw ValidationError("--output \(path) would overwrite \(what); name another file")
    }
    try checkFolder(of: path)
  }

  private static func files(in input: String) throws -> [String] {
    guard Files.isDirectory(input) else { return [input] }
    return try Files.list(input).flatMap { name in
      let path = "\(input)/\(name)"
      // Files in an unlistable folder are not read either.
      guard Files.isDirectory(path), let names = try? Files.list(path) else { return [path] }
      return names.map { "\(path)/\($0)" }
    }.filter { !isPicture($0) }
  }

  /// Whether a name ends as that of a picture.
  static func isPicture(_ path: String) -> Bool {
    let name = path.lowercased()
    return [".png", ".jpg", ".jpeg", ".tif", ".tiff"].contains(where: name.hasSuffix)
  }

  /// Whether a picture of that name keeps neither all bits nor alpha.
  static func isLossy(_ path: String) -> Bool {
    let name = path.lowercased()
    return [".jpg", ".jpeg"].contains(where: name.hasSuffix)
  }

  private static func checkFolder(of path: String) throws {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    try Files.checkWritable(directory: folder)
    guard !Files.isDirectory(path) else {
      throw FileError(path: path, attempt: "write", reason: "it is a folder")
    }
  }

  /// Checks that the picture can be written without replacing what is read.
  func check(reading inputs: [String]) throws { try Self.check(output, reading: inputs) }
}
