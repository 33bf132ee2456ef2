import CajalPlatform

/// The file operations of the package, all with checked results.
package enum Files {
  /// Whether the path exists. Links are followed.
  package static func exists(_ path: String) -> Bool {
    status(of: path) != nil
  }

  /// Whether the path is a directory. Links are followed.
  package static func isDirectory(_ path: String) -> Bool {
    status(of: path)?.kind == .directory
  }

  /// The content of a file. Special files are errors, see
  /// ``openForReading(_:allowsStreams:allowsDevices:)``.
  ///
  /// - Parameter limit: the maximum length; a longer file throws before it is read completely.
  package static func read(_ path: String, limit: Int? = nil) throws(FileError) -> [UInt8] {
    let file = try openForReading(path, allowsStreams: true)
    let status = try file.status(path: path, attempt: "read")
    let limit = limit ?? Int.max
    let tooLong = FileError(
      path: path, attempt: "read", reason: "it is longer than the allowed \(limit) bytes")
    guard status.st_size <= limit else { throw tooLong }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(status.st_size))
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let got = try chunk.withUnsafeMutableBytes { chunk in
        transferred { systemRead(file.descriptor, chunk) }
      }.value(path: path, attempt: "read")
      if got == 0 { return bytes }
      guard bytes.count + got <= limit else { throw tooLong }
      bytes.append(contentsOf: chunk[..<got])
    }
  }

  /// The names in a directory, sorted, without `.` and `..`; see ``RawName`` for those that are not
  /// UTF-8.
  package static func list(_ path: String) throws(FileError) -> [String] {
    var directory: OpaquePointer?
    try SystemCall<Int32>(path) { path in
      directory = opendir(path)
      return directory == nil ? -1 : 0
    }.value(path: path, attempt: "list")
    guard let directory else { return [] }
    defer { _ = closedir(directory) }
    var names: [String] = []
    while let name = try nextName(in: directory, path: path) {
      if name != ".", name != ".." { names.append(name) }
    }
    // Swift treats canonically equivalent names as equal; compare bytes for a stable order.
    return names.sorted { $0 == $1 ? $0.utf8.lexicographicallyPrecedes($1.utf8) : $0 < $1 }
  }

  private static func nextName(
    in directory: OpaquePointer, path: String
  ) throws(FileError) -> String? {
    var entry: UnsafeMutablePointer<dirent>?
    // Only errno distinguishes the end of the directory from a failure.
    try SystemCall<Int32> {
      errno = 0
      entry = readdir(directory)
      return entry == nil && errno != 0 ? -1 : 0
    }.value(path: path, attempt: "list")
    guard let entry else { return nil }
    return withUnsafePointer(to: &entry.pointee.d_name) { field in
      field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)) {
        RawName.text($0)
      }
    }
  }

  /// Creates a directory and its missing parents; an existing one is fine. The target of a dangling
  /// link is created.
  package static func createDirectory(_ path: String) throws(FileError) {
    let attempt = "create directory"
    guard !path.isEmpty else {
      throw FileError(path: "\"\"", attempt: attempt, reason: "the path is empty")
    }
    if isDirectory(path) { return }
    let resolved = try resolvingLinks(in: path, attempt: attempt)
    var prefix = resolved.hasPrefix("/") ? "/" : ""
    for component in resolved.split(separator: "/") {
      prefix += prefix.isEmpty || prefix.hasSuffix("/") ? "\(component)" : "/\(component)"
      let made = SystemCall(prefix) { mkdir($0, 0o777) }
      if made.succeeded || isDirectory(prefix) { continue }
      guard made.code == EEXIST || exists(prefix) else {
        throw FileError(path: path, attempt: attempt, code: made.code)
      }
      throw FileError(
        path: path, attempt: attempt, reason: "\(prefix) is there already and is not a directory")
    }
  }

  /// Throws unless files can be created in the directory. It tries, because permissions do not
  /// reveal a read-only or full file system.
  package static func checkWritable(directory path: String) throws(FileError) {
    let attempt = "write into"
    guard exists(path) else { throw FileError(path: path, attempt: attempt, code: ENOENT) }
    guard isDirectory(path) else { throw FileError(path: path, attempt: attempt, code: ENOTDIR) }
    let probe = path + "/" + temporaryName()
    let opened = SystemCall(probe) { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
    _ = OpenFile(descriptor: try opened.value(path: path, attempt: attempt)).close()
    _ = unlink(probe.systemPath)
  }

  /// A name for a temporary file that no other file will have.
  package static func temporaryName() -> String {
    ".cajal-\(String(UInt64.random(in: 0 ... .max), radix: 36)).partial"
  }
}

/// `read(2)`, shadowed inside `Files` by the method of that name.
private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, bytes.baseAddress, bytes.count)
}
