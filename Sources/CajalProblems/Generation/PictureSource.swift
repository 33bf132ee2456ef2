import CajalFiles
import Foundation

/// Where the pictures of the sections come from.
public enum PictureSource: Sendable {
  /// The PNG and JPEG files in a folder and the folders in it.
  ///
  /// Without a manifest every file is a section of its own. A manifest is a JSON file with a list `items`, whose
  /// entries have a `file` (a path inside the folder) and may have a `section`, a `crop` (left, top, right, bottom;
  /// right and bottom are outside) and a `set`; then only the listed files are used, and only those of
  /// the named `sets` if there are any. The manifest is looked for as it is given, then inside the folder.
  case images(in: String, manifest: String? = nil, sets: [String]? = nil)

  /// Pictures from memory, or made by code.
  case pictures([Picture])

  /// What the source is called in errors.
  var name: String {
    switch self {
    case .images(let folder, _, _): folder
    case .pictures(let pictures): pictures.count == 1 ? "1 picture" : "\(pictures.count) pictures"
    }
  }

  /// The pictures, in an order that depends on names alone.
  ///
  /// - Throws: an error that names folder or manifest when there are none or they cannot be listed.
  func pictures() throws -> [Picture] {
    switch self {
    case .pictures(let pictures):
      return pictures
    case .images(let folder, nil, _):
      let files = try imageFiles(in: folder, prefix: "")
      guard !files.isEmpty else { throw ProblemError.noPictures(folder: folder) }
      return files.map {
        Picture(file: folder + "/" + $0, name: $0, section: $0, set: nil, crop: nil)
      }
    case .images(let folder, let manifest?, let sets):
      let inFolder = folder + "/" + manifest
      let path = !Files.exists(manifest) && Files.exists(inFolder) ? inFolder : manifest
      return try Manifest(contentsOf: path).pictures(in: folder, sets: sets, manifest: path)
    }
  }

  /// The paths, inside the folder, of the files that look like pictures. Hidden files and folders are left out.
  private func imageFiles(in folder: String, prefix: String) throws -> [String] {
    try Files.list(folder).filter { !$0.hasPrefix(".") }.flatMap { entry -> [String] in
      let path = folder + "/" + entry
      if Files.isDirectory(path) { return try imageFiles(in: path, prefix: prefix + entry + "/") }
      let lowercased = entry.lowercased()
      let isImage = [".png", ".jpg", ".jpeg"].contains { lowercased.hasSuffix($0) }
      return isImage ? [prefix + entry] : []
    }
  }
}

/// A list of pictures with their sections.
private struct Manifest: Decodable {
  struct Item: Decodable {
    var file: String
    var section: String?
    var crop: [Int]?
    var set: String?
  }

  var items: [Item]

  init(contentsOf path: String) throws {
    let bytes = try Files.read(path)
    do {
      self = try JSONDecoder().decode(Manifest.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw ProblemError.unusablePicture(file: path, reason: error.oneLine)
    }
  }

  func pictures(in folder: String, sets: [String]?, manifest: String) throws -> [Picture] {
    let known = Set(items.compactMap(\.set))
    for name in sets ?? [] where !known.contains(name) {
      let nearest = Spelling.nearest(to: name, in: known.sorted())
      throw ProblemError.unusablePicture(
        file: manifest,
        reason: "it has no set \(name)" + (nearest.map { "; did you mean \($0)?" } ?? ""))
    }
    let wanted = items.filter { item in sets.map { $0.contains(item.set ?? "") } ?? true }
    guard !wanted.isEmpty else {
      throw ProblemError.unusablePicture(file: manifest, reason: "its list of items is empty")
    }
    return try wanted.map { item in
      guard item.crop.map({ $0.count == 4 }) ?? true else {
        throw ProblemError.unusablePicture(
          file: manifest, reason: "the crop of \(item.file) is not four numbers")
      }
      return Picture(
        file: folder + "/" + item.file, name: item.file, section: item.section ?? item.file,
        set: item.set,
        crop: item.crop.map {
          Picture.Crop(left: $0[0], top: $0[1], right: $0[2], bottom: $0[3])
        })
    }
  }
}

extension DecodingError {
  /// What is wrong and where, as one line.
  var oneLine: String {
    let (context, what) =
      switch self {
      case .keyNotFound(let key, let context): (context, "it has no \(key.stringValue)")
      case .typeMismatch(_, let context), .valueNotFound(_, let context):
        (context, "a value has the wrong type")
      case .dataCorrupted(let context): (context, "it is not valid JSON of this kind")
      @unknown default: (Context(codingPath: [], debugDescription: ""), "it cannot be decoded")
      }
    let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
    return path.isEmpty ? what : what + " (at \(path.joined(separator: ".")))"
  }
}
