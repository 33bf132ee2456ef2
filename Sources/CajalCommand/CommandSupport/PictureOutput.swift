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
    try validate(path, as: "a picture", endings: pictureEndings)
  }

  /// Checks that the name of a file to write has one of some endings.
  static func validate(_ path: String, as kind: String, endings: [String]) throws {
    guard hasEnding(path, endings) else {
      let dotted = endings.map { ".\($0)" }
      let list = dotted.dropLast().joined(separator: ", ")
      throw ValidationError(
        "\(path): the name of \(kind) ends in \(list)\(list.isEmpty ? "" : " or ")\(dotted.last ?? "")"
      )
    }
  }

  /// Checks, before any work is done, that the file can probably be written, and that it would not
  /// overwrite an input file, under any name.
  ///
  /// - Parameter inputs: Input files, or folders; all files in them count except pictures, charts
  ///   and pages, recursively.
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
    }.filter { !hasEnding($0, pictureEndings + ["svg", "html", "htm"]) }
  }

  private static let pictureEndings = ["png", "jpg", "jpeg", "tif", "tiff"]

  private static func hasEnding(_ path: String, _ endings: [String]) -> Bool {
    let name = path.lowercased()
    return endings.contains { name.hasSuffix(".\($0)") }
  }

  /// Whether a name ends as that of a picture.
  static func isPicture(_ path: String) -> Bool { hasEnding(path, pictureEndings) }

  /// Whether a picture of that name keeps neither all bits nor alpha.
  static func isLossy(_ path: String) -> Bool {
    hasEnding(path, ["jpg", "jpeg"])
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
