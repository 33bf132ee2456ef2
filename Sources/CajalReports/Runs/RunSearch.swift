import CajalSupport

/// Finds the folders of runs.
public enum RunSearch {
  private static let deepest = 16

  /// The paths of all run folders, and folders with event files, in a folder and below it, sorted;
  /// the folder itself may be one. Hidden folders, those within run folders, and those that cannot
  /// be listed are passed over, and each folder is visited once, however many links lead to it.
  ///
  /// - Throws: `FileError` when `folder` cannot be listed.
  public static func runs(below folder: String) throws -> [String] {
    var (found, visited): ([String], Set<FileStatus.Identity>) = ([], [])
    let root = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    try visit(root, try Files.list(root), depth: 0, &found, &visited)
    return found.sorted()
  }

  private static func visit(
    _ folder: String, _ names: [String], depth: Int, _ found: inout [String],
    _ visited: inout Set<FileStatus.Identity>
  ) throws {
    guard let status = Files.status(of: folder), visited.insert(status.identity).inserted else {
      return
    }
    if isRunFolder(names) { return found.append(folder) }
    let hasEvents = names.contains { $0.contains("tfevents") }
    if hasEvents { found.append(folder) }
    guard depth < deepest else { return }
    for name in names where !name.hasPrefix(".") {
      // A folder of held-out values belongs to the event files beside it.
      if hasEvents, EventTag.kind(ofFolder: name) != nil { continue }
      let path = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
      guard Files.isDirectory(path), let names = try? Files.list(path) else { continue }
      try visit(path, names, depth: depth + 1, &found, &visited)
    }
  }

  private static func isRunFolder(_ names: [String]) -> Bool {
    names.contains("config.json") && (names.contains("checkpoints") || names.contains("log.jsonl"))
  }
}
