import CajalPlatform

extension Files {
  /// The maximum number of links followed in a path, as in the system.
  private static let maximumLinks = 40

  /// The path with all symbolic links resolved, including links to missing files.
  ///
  /// `rename` replaces a link rather than its target, and nothing can be created below a dangling
  /// link. The result contains no links unless they change concurrently, and its missing parts can
  /// be created.
  ///
  /// - Throws: an error where links form a cycle or a directory may not be searched.
  package static func resolvingLinks(
    in path: String, attempt: String
  ) throws(FileError) -> String {
    var resolved = path.hasPrefix("/") ? "/" : ""
    var rest = Array(path.split(separator: "/").reversed())
    var followed = 0
    while let component = rest.popLast() {
      if component == "." { continue }
      if component == "..", let parent = parent(of: resolved) {
        resolved = parent
        continue
      }
      let next = resolved + (resolved.isEmpty || resolved.hasSuffix("/") ? "" : "/") + component
      guard let target = try linkTarget(next, path: path, attempt: attempt) else {
        resolved = next
        continue
      }
      followed += 1
      guard followed <= maximumLinks else {
        throw FileError(path: path, attempt: attempt, code: ELOOP)
      }
      if target.hasPrefix("/") { resolved = "/" }
      rest += target.split(separator: "/").reversed()
    }
    return resolved.isEmpty ? "." : resolved
  }

  /// The directory above one whose path has no links; `nil` above a relative path's start.
  private static func parent(of resolved: String) -> String? {
    if resolved == "/" { return "/" }
    guard !resolved.isEmpty, resolved != "..", !resolved.hasSuffix("/..") else { return nil }
    guard let slash = resolved.lastIndex(of: "/") else { return "" }
    return slash == resolved.startIndex ? "/" : String(resolved[..<slash])
  }

  /// The target of a link; `nil` if the path is not a link.
  private static func linkTarget(
    _ link: String, path: String, attempt: String
  ) throws(FileError) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = SystemCall(link) { readlink($0, &buffer, buffer.count) }
    // Not a link, or missing. The caller reports a file where a directory is expected.
    if [EINVAL, ENOENT, ENOTDIR].contains(length.code) { return nil }
    let count = try length.value(path: path, attempt: attempt)
    return RawName.text(buffer[..<count].map(UInt8.init(bitPattern:)))
  }
}
