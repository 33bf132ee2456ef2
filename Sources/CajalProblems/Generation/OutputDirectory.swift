import CajalFiles
import Foundation

/// The directory of a data set, written aside and put in place when it is complete.
package struct OutputDirectory {
  /// Where the data set is to be, without links: a rename would put it in the place of a link
  /// instead of what the link leads to.
  let path: String
  /// Where it is written; in the same directory, so that renaming is all that is left to do.
  let incomplete: String
  private let replaced: String
  private let parent: String

  /// The directory at `path`, which need not be there; those above it are created.
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

  /// Whether the data set can be put in place in the end, to be asked before the work.
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

  /// Tries to rename an empty directory to the one at the path. The system refuses one that cannot
  /// be replaced at all before it finds that it is not empty; one that is empty stays so.
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

  /// What is at the path now.
  enum Content {
    case nothing
    case dataset
  }

  /// Looks at what is there.
  ///
  /// - Throws: ``ProblemError/unusableDirectory(_:reason:)`` when it is anything else than a data
  ///   set or an empty directory.
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
        reason: "besides \(DataSummary.fileName) it holds files that are no part of a data set "
          + "(\(other)); name a new or an empty directory")
    }
    return .dataset
  }

  private static func isOfDataset(_ name: String) -> Bool {
    [DataSummary.fileName, "contact-sheet.png", ".DS_Store"].contains(name)
      || name.hasPrefix(".cajal-") || ShardName(name) != nil
  }

  /// Makes an empty directory to write into, and returns the right to do so. What an interrupted
  /// run left there is removed.
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

  /// Puts what was written in place, for the data set that is there already if it was there in the
  /// beginning.
  ///
  /// - Throws: an error when one has come there since.
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
