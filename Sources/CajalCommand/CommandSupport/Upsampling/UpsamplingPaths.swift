import ArgumentParser
import Cajal
import CajalSupport

/// What `upsample` reads and where it writes.
struct UpsamplingPaths {
  /// A picture to enlarge.
  struct Picture {
    let input: String
    let output: String
    /// The picture of uncertainty, if one is wanted.
    let uncertainty: String?
  }

  let pictures: [Picture]

  /// Finds the pictures and names their outputs.
  ///
  /// - Parameters:
  ///   - inputs: Files, and folders whose pictures are taken.
  ///   - output: A picture for one file, else a folder, which is made.
  ///   - uncertainty: The same for pictures of uncertainty.
  ///   - run: The folder of the run, which must not be written into.
  /// - Throws: An error that names the path, before anything is written but folders.
  init(inputs: [String], output: String, uncertainty: String?, run: String) throws {
    let isSingle = inputs.count == 1 && !Files.isDirectory(inputs[0])
    if isSingle, !Files.isDirectory(output) {
      try PictureOutput.validate(output)
      if let uncertainty { try PictureOutput.validate(uncertainty) }
      pictures = [Picture(input: inputs[0], output: output, uncertainty: uncertainty)]
    } else {
      pictures = try Self.pictures(inputs, into: output, uncertainty)
      for folder in [output, uncertainty].compactMap({ $0 }) { try Self.make(folder) }
    }
    for picture in pictures {
      _ = try Files.openForReading(picture.input, allowsStreams: true, allowsDevices: true)
    }
    let read = pictures.map(\.input)
    for picture in pictures {
      for written in [picture.output, picture.uncertainty].compactMap({ $0 }) {
        try PictureOutput.check(written, reading: [run] + read)
      }
      if let uncertainty = picture.uncertainty, uncertainty == picture.output {
        throw ValidationError("--output and --uncertainty are both \(uncertainty); name two files")
      }
    }
  }

  private static func pictures(
    _ inputs: [String], into folder: String, _ uncertainty: String?
  ) throws -> [Picture] {
    var first: [String: String] = [:]
    return try inputs.flatMap(files).map { input in
      let name = try outputName(of: input)
      if let other = first.updateValue(input, forKey: name) {
        throw ValidationError(
          "\(other) and \(input) would both be written to \(folder)/\(name); enlarge them in two "
            + "calls, into two folders")
      }
      return Picture(
        input: input, output: "\(folder)/\(name)", uncertainty: uncertainty.map { "\($0)/\(name)" })
    }
  }

  /// A file, or the pictures in a folder.
  private static func files(_ input: String) throws -> [String] {
    guard Files.isDirectory(input) else { return [input] }
    let files = try Files.list(input).filter(PictureOutput.isPicture).map { "\(input)/\($0)" }
      .filter { !Files.isDirectory($0) }
    guard !files.isEmpty else {
      throw FileError(path: input, attempt: "read", reason: "there is no picture in it")
    }
    return files
  }

  /// The input's name, with `.png` in place of an extension that is lossy or cannot be written.
  private static func outputName(of input: String) throws -> String {
    let name = String(input.split(separator: "/").last ?? "")
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name + ".png" }
    let isLossless = [".png", ".tif", ".tiff"].contains(name[dot...].lowercased())
    return isLossless && PictureOutput.isPicture(name) ? name : name[..<dot] + ".png"
  }

  private static func make(_ folder: String) throws {
    guard !PictureOutput.isPicture(folder) || Files.isDirectory(folder) else {
      throw ValidationError(
        "\(folder) is named as a picture; several inputs and folders are written into a folder")
    }
    try Files.createDirectory(folder)
  }
}
