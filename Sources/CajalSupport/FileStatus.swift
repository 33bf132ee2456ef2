import CajalPlatform

/// The status of a path.
package struct FileStatus: Hashable, Sendable {
  /// The kinds of files.
  package enum Kind: Hashable, Sendable {
    case regular, directory, link, fifo, socket, device

    /// Whether it is neither a regular file nor a directory nor a link.
    package var isSpecial: Bool { [.fifo, .socket, .device].contains(self) }

    /// The kind in words that fit after "it is".
    package var name: String {
      switch self {
      case .regular: "a regular file"
      case .directory: "a directory"
      case .link: "a symbolic link"
      case .fifo: "a FIFO"
      case .socket: "a socket"
      case .device: "a device"
      }
    }
  }

  /// The identity of a file: its device and inode numbers.
  package struct Identity: Hashable, Sendable {
    private let device: UInt64, inode: UInt64

    init(device: UInt64, inode: UInt64) {
      self.device = device
      self.inode = inode
    }
  }

  /// The kind of file.
  package let kind: Kind
  /// The identity of the file, equal for all of its names.
  package let identity: Identity
  /// The size in bytes.
  package let byteCount: Int
  /// When the content was last changed, in seconds since 1970.
  package let modified: Double

  init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .link
      case S_IFIFO: .fifo
      case S_IFSOCK: .socket
      default: .device
      }
    identity = Identity(
      device: UInt64(truncatingIfNeeded: status.st_dev),
      inode: UInt64(truncatingIfNeeded: status.st_ino))
    byteCount = Int(status.st_size)
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    modified = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

extension Files {
  /// The status of a path, or nil if it does not exist or cannot be reached.
  package static func status(of path: String, followingLinks: Bool = true) -> FileStatus? {
    var information = stat()
    let code =
      followingLinks
      ? stat(path.systemPath, &information) : lstat(path.systemPath, &information)
    return code == 0 ? FileStatus(information) : nil
  }

  /// Whether two paths name the same file, also through hard or symbolic links. False if either
  /// does not exist.
  package static func isSameFile(_ first: String, _ second: String) -> Bool {
    guard let first = status(of: first), let second = status(of: second) else { return false }
    return first.identity == second.identity
  }

  /// The absolute path of an existing file without links, or nil where there is none.
  package static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path.systemPath, nil) else { return nil }
    defer { free(resolved) }
    return RawName.text(resolved)
  }

  /// The path from the root of the file system, without `.` and `..`; links stay.
  package static func absolute(_ path: String) throws(FileError) -> String {
    var path = path
    if !path.hasPrefix("/") {
      var directory: UnsafeMutablePointer<CChar>?
      try SystemCall<Int32> {
        directory = getcwd(nil, 0)
        return directory == nil ? -1 : 0
      }.value(path: path, attempt: "find")
      guard let directory else { return path }
      defer { free(directory) }
      path = RawName.text(directory) + "/" + path
    }
    let components = path.split(separator: "/").reduce(into: [Substring]()) { components, next in
      switch next {
      case ".": break
      case "..": _ = components.popLast()
      default: components.append(next)
      }
    }
    return "/" + components.joined(separator: "/")
  }

  /// Renames a file or a directory, replacing a file of the new name, which errors call `name`.
  package static func rename(
    _ path: String, to target: String, calling name: String? = nil
  ) throws(FileError) {
    let (source, goal) = (path.systemPath, target.systemPath)
    try SystemCall { systemRename(source, goal) }.value(path: name ?? target, attempt: "write")
  }

  /// Removes a file, a link, or a directory and all that is in it; links are not followed.
  package static func remove(_ path: String) throws(FileError) {
    guard let kind = status(of: path, followingLinks: false)?.kind else { return }
    if kind == .directory {
      for name in try list(path) { try remove(path + "/" + name) }
    }
    let removed = SystemCall(path) { kind == .directory ? rmdir($0) : unlink($0) }
    if removed.code != ENOENT { try removed.value(path: path, attempt: "remove") }
  }
}

/// `rename(2)`, shadowed inside `Files` by the method of that name.
private func systemRename(_ path: [CChar], _ target: [CChar]) -> Int32 { rename(path, target) }
