import CajalSupport
import CajalImages

/// The pictures in a folder and the folders in it, each file and each folder once, however many
/// links lead to it.
///
/// Files in the folder come before links, so that a picture keeps its own name.
struct FolderWalk {
  /// The paths inside the folder, in an order that depends on them alone; see `RawName`.
  private(set) var files: [String] = []
  /// The skipped files.
  private(set) var leftOut = LeftOutTally()

  private let root: String
  private let skipsUnreadable: Bool
  /// The folders that the root is in: a link to one of them leads back here and to everything
  /// beside it.
  private let above: Set<FileStatus.Identity>
  private var folders: Set<FileStatus.Identity> = []
  private var pictures: Set<FileStatus.Identity> = []
  /// Pending links.
  private var links: [String] = []

  /// Folders that file servers and operating systems create next to pictures: thumbnails and
  /// deleted files.
  private static let systemFolders: Set<String> = [
    "@eaDir", "@Recycle", "@Recently-Snapshot", "#recycle", "#snapshot", "$RECYCLE.BIN",
    "System Volume Information", "lost+found", "__MACOSX",
  ]

  /// Walks through a folder.
  ///
  /// - Parameter skipsUnreadable: whether unlistable folders are skipped instead of throwing an
  ///   error.
  init(_ root: String, skipsUnreadable: Bool) throws {
    self.root = root
    self.skipsUnreadable = skipsUnreadable
    above = Self.foldersAbove(root)
    let names = try Files.list(root)
    try Self.checkIsNoResult(root, names)
    if let status = Files.status(of: root) { folders.insert(status.identity) }
    try visit(names, in: "")
    while !links.isEmpty { try follow(links.removeFirst()) }
    files = files.map { ($0, $0.split(separator: "/")) }
      .sorted { Self.precedes($0.1, $1.1) }.map(\.0)
  }

  private static func precedes(_ left: [Substring], _ right: [Substring]) -> Bool {
    if left != right { return left.lexicographicallyPrecedes(right) }
    // Swift treats canonically equivalent names as equal.
    return left.joined(separator: "/").utf8.lexicographicallyPrecedes(
      right.joined(separator: "/").utf8)
  }

  private static func foldersAbove(_ root: String) -> Set<FileStatus.Identity> {
    guard var path = Files.resolved(root), path != "/" else { return [] }
    var above: Set<FileStatus.Identity> = []
    while let slash = path.lastIndex(of: "/") {
      path = String(path[..<slash])
      if let status = Files.status(of: path.isEmpty ? "/" : path) { above.insert(status.identity) }
    }
    return above
  }

  /// Output written into the pictures' folder must not become data.
  private static func result(
    _ folder: String, _ names: [String]
  ) -> DataSummary.LeftOut.Kind? {
    if DataSummary.isDescribed(folder, names: names) { return .dataset }
    let isRun =
      names.contains("checkpoints")
      && (names.contains("config.json") || names.contains("log.jsonl"))
    return isRun ? .run : nil
  }

  private static func checkIsNoResult(_ root: String, _ names: [String]) throws {
    switch result(root, names) {
    case .dataset: throw ProblemError.folderOfResults(root, kind: "a data set")
    case .run: throw ProblemError.folderOfResults(root, kind: "a training run")
    default: break
    }
  }

  /// Looks at what a folder holds; `prefix` is its path with a slash, or empty for the root.
  private mutating func visit(_ names: [String], in prefix: String) throws {
    for name in names {
      let path = prefix + name
      if name.hasPrefix(".") {
        leftOut.add(.hidden, RawName.shown(path))
      } else if let status = Files.status(of: root + "/" + path, followingLinks: false) {
        if status.kind == .link { links.append(path) } else { try take(path, status) }
      } else if FileContent.namesPicture(name) {
        // In a folder that can be listed but not entered: reading the picture reports the error.
        files.append(path)
      } else {
        leftOut.add(.otherFile, RawName.shown(path))
      }
    }
  }

  private mutating func follow(_ link: String) throws {
    let path = root + "/" + link
    guard let status = Files.status(of: path) else {
      // A link into an inaccessible folder counts as dangling.
      leftOut.add(.danglingLink, RawName.shown(link))
      return
    }
    if above.contains(status.identity) {
      leftOut.add(.linkToFolderAbove, RawName.shown(link))
    } else {
      try take(link, status)
    }
  }

  private mutating func take(_ path: String, _ status: FileStatus) throws {
    switch status.kind {
    case .directory: try takeFolder(path, status)
    case .regular: takeFile(path, status)
    default: leftOut.add(.specialFile, RawName.shown(path))
    }
  }

  private mutating func takeFolder(_ path: String, _ status: FileStatus) throws {
    let shown = RawName.shown(path)
    guard !Self.systemFolders.contains(path.split(separator: "/").last.map(String.init) ?? "")
    else {
      leftOut.add(.systemFolder, shown)
      return
    }
    guard folders.insert(status.identity).inserted else {
      leftOut.add(.link, shown)
      return
    }
    let names: [String]
    do {
      names = try Files.list(root + "/" + path)
    } catch {
      guard skipsUnreadable else { throw error }
      leftOut.add(.unreadableFolder, shown)
      return
    }
    if let result = Self.result(root + "/" + path, names) {
      leftOut.add(result, shown)
    } else {
      try visit(names, in: path + "/")
    }
  }

  /// Adds a file that is a picture by its first bytes, or that is named like one, so that reading
  /// it reports what it is instead.
  private mutating func takeFile(_ path: String, _ status: FileStatus) {
    let content = try? FileContent(ofFile: root + "/" + path)
    guard content == .picture || FileContent.namesPicture(path) else {
      var format: String?
      if case .otherFormat(let name)? = content { format = name }
      leftOut.add(.otherFile, RawName.shown(path), format: format)
      return
    }
    if pictures.insert(status.identity).inserted {
      files.append(path)
    } else {
      leftOut.add(.link, RawName.shown(path))
    }
  }
}
