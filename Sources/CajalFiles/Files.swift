#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The few file operations that the package needs, each with a checked result.
package enum Files {
  /// Whether something (a file, a directory, a device) has this path. Links are followed.
  package static func exists(_ path: String) -> Bool {
    kind(of: path) != nil
  }

  /// Whether the path is a directory. Links are followed.
  package static func isDirectory(_ path: String) -> Bool {
    kind(of: path) == S_IFDIR
  }

  /// The bytes of a whole file.
  ///
  /// - Parameter limit: the most bytes to accept; a longer file throws before it is all in memory.
  package static func read(_ path: String, limit: Int? = nil) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, attempt: "read") }
    defer { _ = close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, attempt: "read") }
    let limit = limit ?? Int.max
    let tooLong = FileError(
      path: path, attempt: "read", reason: "it is longer than the allowed \(limit) bytes")
    guard status.st_size <= limit else { throw tooLong }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(status.st_size))
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let got = chunk.withUnsafeMutableBytes { systemRead(descriptor, $0) }
      if got == 0 { return bytes }
      if got < 0 {
        if errno == EINTR { continue }
        throw FileError(path: path, attempt: "read")
      }
      guard bytes.count + got <= limit else { throw tooLong }
      bytes.append(contentsOf: chunk[..<got])
    }
  }

  /// The names in a directory, sorted, without `.` and `..`.
  package static func list(_ path: String) throws(FileError) -> [String] {
    guard let directory = opendir(path) else { throw FileError(path: path, attempt: "list") }
    defer { _ = closedir(directory) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee))
        {
          String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
      errno = 0
    }
    if errno != 0 { throw FileError(path: path, attempt: "list") }
    return names.sorted()
  }

  /// Creates a directory and those above it that are missing; one that is there already is fine.
  package static func createDirectory(_ path: String) throws(FileError) {
    let attempt = "create directory"
    guard !path.isEmpty else {
      throw FileError(path: "\"\"", attempt: attempt, reason: "the path is empty")
    }
    var prefix = path.hasPrefix("/") ? "/" : ""
    for component in path.split(separator: "/") {
      prefix += prefix.isEmpty || prefix.hasSuffix("/") ? "\(component)" : "/\(component)"
      if mkdir(prefix, 0o777) == 0 || isDirectory(prefix) { continue }
      guard errno == EEXIST || exists(prefix) else { throw FileError(path: path, attempt: attempt) }
      throw FileError(
        path: path, attempt: attempt, reason: "\(prefix) is there already and is not a directory")
    }
  }

  /// Throws unless files can be created in the directory, which is tried rather than guessed from
  /// permissions: a read-only or a full file system shows only then.
  package static func checkWritable(directory path: String) throws(FileError) {
    let attempt = "write into"
    guard exists(path) else { throw FileError(path: path, attempt: attempt, code: ENOENT) }
    guard isDirectory(path) else { throw FileError(path: path, attempt: attempt, code: ENOTDIR) }
    let probe = path + "/" + temporaryName()
    let descriptor = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError(path: path, attempt: attempt) }
    _ = close(descriptor)
    _ = unlink(probe)
  }

  /// The type bits of what the path names (`S_IFREG`, `S_IFDIR`, …), or nil where nothing does.
  static func kind(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// A name for a temporary file that no other file will have.
  static func temporaryName() -> String {
    ".cajal-\(String(UInt64.random(in: 0 ... .max), radix: 36)).partial"
  }
}

/// `read(2)`, which the function of the same name hides inside `Files`.
private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, bytes.baseAddress, bytes.count)
}
