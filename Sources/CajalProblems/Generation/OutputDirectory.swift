import CajalSupport
import Foundation

/// The directory of a data set, written to a temporary directory and renamed when complete.
package struct OutputDirectory {
  /// The final path with links resolved: a rename would replace a link instead of its target.
  let path: String
  /// The temporary directory, on the same file system for an atomic rename.
  let incomplete: String
  private let replaced: String
  private let parent: String

  /// The directory at `path`, which may be missing; its parents are created.
  package init(_ path: String) throws {
    guard !path.isEmpty else {
      throw ProblemError.unusableDirectory("\"\"", reason: "it has no name")
    }
    let resolved = try Files.absolute(Files.resolvingLinks(in: path, attempt: "store data in"))
    let slash = resolved.lastIndex(of: "/") ?? resolved.startIndex
    let name = resolved[slash...].dropFirst()
    guard !name.isEmpty else {
      throw ProblemError.unusableDirectory(path, reason: "it has no name")
    }
    parent = slash == resolved.startIndex ? "/" : String(resolved[..<slash])
    self.path = resolved
    incomplete = parent + "/." + name + ".incomplete"
    replaced = parent + "/." + name + ".replaced"
    try Files.createDirectory(parent)
  }

  /// Checks, before any work is done, that the data set can be put in place.
  ///
  /// - Throws: an error that names the directory: it holds other things, cannot be written to, or
  ///   cannot be replaced, as the root of a mounted file system cannot.
  package func check() throws {
    let isThere = try content() == .dataset || Files.isDirectory(path)
    guard isThere else { return try Files.checkWritable(directory: parent) }
    var status = stat()
    try SystemCall(path) { stat($0, &status) }.value(path: path, attempt: "store data in")
    try checkReplaceable(mode: status.st_mode & 0o7777)
  }

  /// Tries to rename an empty directory to the one at the path. The system reports a directory that
  /// cannot be replaced before one that is not empty; an empty one stays empty.
  private func checkReplaceable(mode: mode_t) throws {
    let probe = parent + "/" + Files.temporaryName()
    try Files.createDirectory(probe)
    let (source, target) = (probe.systemPath, path.systemPath)
    _ = chmod(source, mode)
    let renamed = SystemCall { rename(source, target) }
    if renamed.succeeded { return }
    _ = rmdir(source)
    switch renamed.code {
    case ENOTEMPTY, EEXIST: return
    case EBUSY, EXDEV:
      throw ProblemError.unusableDirectory(
        path, reason: "it is a mounted file system; name a directory in it")
    default: throw FileError(path: path, attempt: "store data in", code: renamed.code)
    }
  }

  /// The current state of the path.
  enum Content {
    case nothing
    case dataset
  }

  /// Inspects the path.
  ///
  /// - Throws: ``ProblemError/unusableDirectory(_:reason:)`` if it is anything but a data set or an
  ///   empty directory.
  func content() throws -> Content {
    // A run was killed while it put a new data set in the place of this one.
    if !Files.exists(path) && Files.exists(replaced) { try Files.rename(replaced, to: path) }
    guard Files.exists(path) else { return .nothing }
    guard Files.isDirectory(path) else {
      throw ProblemError.unusableDirectory(path, reason: "it is a file; name a directory")
    }
    let names = try Files.list(path)
    if names.isEmpty { return .nothing }
    guard names.contains(DataSummary.fileName) else {
      throw ProblemError.unusableDirectory(
        path, reason: "it holds other files and no data set; name a new or an empty directory")
    }
    // Replacing it removes all that is in it.
    if let other = names.first(where: { !Self.isOfDataset($0) }) {
      throw ProblemError.unusableDirectory(
        path,
        reason: "besides \(DataSummary.fileName) it holds files that are not part of a data set "
          + "(\(other)); name a new or an empty directory")
    }
    return .dataset
  }

  private static func isOfDataset(_ name: String) -> Bool {
    [DataSummary.fileName, "contact-sheet.png", ".DS_Store"].contains(name)
      || name.hasPrefix(".cajal-") || ShardName(name) != nil
  }

  /// Creates and locks an empty directory to write into. Leftovers of an interrupted run are
  /// removed.
  ///
  /// - Throws: an error when another run is writing there.
  func start() throws -> FileLock {
    try check()
    try Files.createDirectory(incomplete)
    let lock = try FileLock(incomplete) { _ in
      FileError(
        path: path, attempt: "store data in",
        reason: "another run is writing it; wait for that one or name another directory")
    }
    guard lock.isLock(of: incomplete) else { throw overtaken }
    for name in try Files.list(incomplete) { try Files.remove(incomplete + "/" + name) }
    return lock
  }

  private var overtaken: ProblemError {
    .unusableDirectory(path, reason: "another run has just stored data there; start again")
  }

  /// Removes what was written.
  func abandon() { try? Files.remove(incomplete) }

  /// Renames the new data set into place, replacing the one that existed at the start.
  ///
  /// - Throws: an error if one has appeared since.
  func finish(replacing wasThere: Bool) throws {
    let replaces = try content() == .dataset
    guard wasThere || !replaces else { throw overtaken }
    if replaces {
      try Files.remove(replaced)
      try Files.rename(path, to: replaced, calling: path)
    }
    try Files.rename(incomplete, to: path)
    if replaces { try Files.remove(replaced) }
  }
}
