import CajalSupport
import Foundation

/// A list of pictures with their sections.
struct Manifest: Decodable {
  struct Item: Decodable {
    var file: String
    var section: String?
    var crop: [Int]?
    var set: String?
    /// The side of a pixel in micrometers.
    var micronsPerPixel: Double?

    private enum CodingKeys: String, CodingKey {
      case file, section, crop, set
      case micronsPerPixel = "um_per_px"
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      file = try container.decode(String.self, forKey: .file)
      section = try container.decodeIfPresent(String.self, forKey: .section)
      crop = try container.decodeIfPresent([Int].self, forKey: .crop)
      set = try container.decodeIfPresent(String.self, forKey: .set)
      // Most users of lists do not need it: what is no positive number is unknown, not an error.
      micronsPerPixel = (try? container.decode(Double.self, forKey: .micronsPerPixel))
        .flatMap { $0 > 0 ? $0 : nil }
    }
  }

  private var items: [Item]
  private var path = ""

  private enum CodingKeys: CodingKey { case items }

  /// The maximum size of a list in bytes.
  private static let sizeLimit = 1 << 30

  /// Reads a list; see `Files.readText` for encodings.
  init(contentsOf path: String) throws {
    let text = try Files.readText(path, limit: Self.sizeLimit)
    do {
      self = try JSONDecoder().decode(Manifest.self, from: Data(text.utf8))
    } catch let error as DecodingError {
      throw ProblemError.unusablePicture(file: path, reason: error.sentence)
    }
    self.path = path
  }

  /// The pictures of the sets, whose files are in `folder`; `rule` has the sections of items that
  /// have none.
  func pictures(in folder: String, sets: [String]?, rule: SectionRule) throws -> [Picture] {
    let known = Set(items.compactMap(\.set))
    for name in sets ?? [] where !known.contains(name) {
      let nearest = Spelling.nearest(to: name, in: known.sorted())
      throw unusable("it has no set \(name)" + (nearest.map { "; did you mean \($0)?" } ?? ""))
    }
    let wanted = items.filter { item in sets.map { $0.contains(item.set ?? "") } ?? true }
    guard !wanted.isEmpty else { throw unusable("its list of items is empty") }
    var bySection = try rule.sections(of: wanted.filter { $0.section == nil }.map(\.file))[...]
    var names = FolderNames(folder)
    return try wanted.map { item in
      guard item.crop.map({ $0.count == 4 }) ?? true else {
        throw unusable("the crop of \(item.file) is not four numbers")
      }
      let file = try file(item.file, in: folder, &names)
      return Picture(
        file: folder + "/" + file, name: item.file,
        section: item.section ?? bySection.popFirst(), set: item.set,
        crop: item.crop.map {
          Picture.Crop(left: $0[0], top: $0[1], right: $0[2], bottom: $0[3])
        }, micronsPerPixel: item.micronsPerPixel)
    }
  }

  private func unusable(_ reason: String) -> ProblemError {
    .unusablePicture(file: path, reason: reason)
  }

  /// The path of an item's file inside the folder, as the system knows it; a missing one is left
  /// unchanged, so that reading it reports the error.
  private func file(
    _ name: String, in folder: String, _ names: inout FolderNames
  ) throws -> String {
    guard !name.isEmpty else { throw unusable("an item's file is empty") }
    guard !name.utf8.contains(0) else { throw unusable("an item's file has a zero byte") }
    guard !name.hasPrefix("/") else {
      throw unusable("\(name) is an absolute path; write paths inside the folder \(folder)")
    }
    let leaves = "\(name) leaves the folder \(folder)"
    var depth = 0
    for component in name.split(separator: "/") where component != "." {
      depth += component == ".." ? -1 : 1
      if depth < 0 { throw unusable(leaves) }
    }
    guard let file = names.match(name) ?? names.match(RawName.unshown(name)) else {
      if name.contains("\\") {
        let slashes = name.replacing("\\", with: "/")
        throw unusable("\(name) has backslashes; write \(slashes)")
      }
      return name
    }
    guard names.isInside(file) else { throw unusable("\(leaves) through a link") }
    return file
  }
}

/// Looks up files of a folder by canonically equivalent names ("ä" as one or two code points).
private struct FolderNames {
  private let root: String
  private let resolvedRoot: String?
  private var listings: [String: [String]] = [:]

  init(_ root: String) {
    self.root = root
    resolvedRoot = Files.resolved(root)
  }

  /// The path of a file with exactly this path or, if there is none, of the only one whose path is
  /// canonically equivalent.
  mutating func match(_ path: String) -> String? {
    if Files.exists(root + "/" + path) { return path }
    guard !path.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
    var found = ""
    for component in path.split(separator: "/") {
      let folder = found.isEmpty ? root : root + "/" + found
      if listings[folder] == nil { listings[folder] = (try? Files.list(folder)) ?? [] }
      let exact = (found.isEmpty ? "" : found + "/") + component
      if Files.exists(root + "/" + exact) {
        found = exact
        continue
      }
      let equivalent = (listings[folder] ?? []).filter { $0 == component }
      guard equivalent.count == 1 else { return nil }
      found = (found.isEmpty ? "" : found + "/") + equivalent[0]
    }
    return found
  }

  /// Whether an existing file is in the folder, links resolved.
  func isInside(_ path: String) -> Bool {
    guard let resolvedRoot, let file = Files.resolved(root + "/" + path) else { return true }
    let prefix = resolvedRoot.hasSuffix("/") ? resolvedRoot : resolvedRoot + "/"
    return file.utf8.starts(with: prefix.utf8)
  }
}
