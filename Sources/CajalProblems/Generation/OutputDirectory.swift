import CajalFiles

/// The directory of a data set, written aside and put in place when it is complete.
struct OutputDirectory {
  /// Where the data set is to be.
  let path: String
  /// Where it is written; in the same directory, so that renaming is all that is left to do.
  let incomplete: String
  private let replaced: String

  init(_ path: String) throws {
    let absolute = try Files.absolute(path)
    let slash = absolute.lastIndex(of: "/") ?? absolute.startIndex
    let (parent, name) = (absolute[..<slash], absolute[slash...].dropFirst())
    guard !path.isEmpty, !name.isEmpty else {
      throw ProblemError.unusableDirectory(path.isEmpty ? "\"\"" : path, reason: "it has no name")
    }
    self.path = absolute
    incomplete = parent + "/." + name + ".incomplete"
    replaced = parent + "/." + name + ".replaced"
    try Files.createDirectory(parent.isEmpty ? "/" : String(parent))
  }

  /// What is at the path now.
  enum Content {
    case nothing
    case dataset
  }

  /// Looks at what is there.
  ///
  /// - Throws: ``ProblemError/unusableDirectory(_:reason:)`` when it is anything else than a data set or
  ///   an empty directory.
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
    return .dataset
  }

  /// Makes an empty directory to write into, and returns the right to do so. What an interrupted run left there is
  /// removed.
  ///
  /// - Throws: an error when another run is writing there.
  func start() throws -> FileLock {
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

  /// Puts what was written in place, for the data set that is there already if it was there in the beginning.
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
