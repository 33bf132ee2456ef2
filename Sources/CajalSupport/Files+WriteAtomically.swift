import CajalPlatform

extension Files {
  /// Writes a file atomically: readers see either the old content or all the new bytes, even after
  /// a crash of the process or the machine.
  ///
  /// The bytes go to a temporary file in the same directory, which is synchronized and then
  /// renamed; on failure the temporary file is removed and `path` is unchanged.
  package static func writeAtomically(to path: String, _ bytes: [UInt8]) throws(FileError) {
    do {
      try writeAtomically(to: path) { writer in try writer.append(bytes) }
    } catch let error as FileError {
      throw error
    } catch {
      throw FileError(path: path, attempt: "write", reason: "\(error)")
    }
  }

  /// Writes a whole file as `writeAtomically(to:_:)` of bytes does, from a closure that appends.
  ///
  /// - Throws: `FileError`, or what the closure throws; in both cases `path` is as it was.
  package static func writeAtomically(
    to path: String, _ body: (inout FileWriter) throws -> Void
  ) throws {
    let target = try replaceableFile(path)
    let directory = directory(of: target)
    let temporary = directory + "/" + temporaryName()
    let opened = SystemCall(temporary) {
      open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    let descriptor = try opened.value(path: path, attempt: "write")
    do {
      var writer = FileWriter(descriptor: descriptor, path: path)
      try body(&writer)
      keepPermissions(of: target, for: temporary)
      try writer.finish()
      try rename(temporary, to: target, calling: path)
    } catch {
      _ = unlink(temporary.systemPath)
      throw error
    }
    try synchronize(directory: directory, for: path)
  }

  /// The path of the file to replace: links are resolved, so that the link stays and its target is
  /// replaced or created; directories and devices, which a rename would destroy, are errors.
  private static func replaceableFile(_ path: String) throws(FileError) -> String {
    guard !path.isEmpty, !path.hasSuffix("/") else {
      throw FileError(path: path, attempt: "write", reason: "the path names no file")
    }
    var status = stat()
    let found = SystemCall(path) { lstat($0, &status) }
    if found.code == ENOENT { return path }
    try found.value(path: path, attempt: "write")
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      return path
    case S_IFDIR:
      throw FileError(path: path, attempt: "write", code: EISDIR)
    case S_IFLNK:
      return try replaceableFile(resolvingLinks(in: path, attempt: "write"))
    default:
      throw FileError(path: path, attempt: "write", reason: "it is not a regular file")
    }
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Copies the permissions of the replaced file. If that fails (another owner's file), the new
  /// file keeps the defaults.
  private static func keepPermissions(of target: String, for temporary: String) {
    var status = stat()
    guard stat(target.systemPath, &status) == 0 else { return }
    _ = chmod(temporary.systemPath, status.st_mode & 0o777)
  }

  /// Synchronizes the directory entry to the device.
  private static func synchronize(directory: String, for path: String) throws(FileError) {
    let opened = SystemCall(directory) { open($0, O_RDONLY | O_CLOEXEC) }
    // A directory that may be written but not read cannot be synchronized; the file is in place.
    guard opened.succeeded else { return }
    let file = OpenFile(descriptor: opened.value)
    let synchronized = SystemCall { fsync(file.descriptor) }
    // Some network file systems cannot synchronize a directory; they say so with EINVAL.
    if synchronized.code != EINVAL { try synchronized.value(path: path, attempt: "write") }
  }
}
