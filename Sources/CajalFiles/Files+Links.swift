#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Files {
  /// As many links as the system follows in one path.
  private static let maximumLinks = 40

  /// The path with every link in it replaced by what it leads to, also by what is not there yet.
  ///
  /// A rename puts its result in the place of a link rather than of what the link leads to, and
  /// nothing can be created below a link to something missing. The result has no links as long as
  /// nobody changes them; what is missing in it can be created.
  ///
  /// - Throws: an error where links go round in circles or a directory may not be searched.
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

  /// What a link leads to; `nil` where there is no link.
  private static func linkTarget(
    _ link: String, path: String, attempt: String
  ) throws(FileError) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = SystemCall(link) { readlink($0, &buffer, buffer.count) }
    // No link, or nothing there. A file in the place of a directory is for the caller to complain
    // of.
    if [EINVAL, ENOENT, ENOTDIR].contains(length.code) { return nil }
    let count = try length.value(path: path, attempt: attempt)
    return RawName.text(buffer[..<count].map(UInt8.init(bitPattern:)))
  }
}
