#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Files {
  /// Whether two paths name the same file, whatever their spelling: through links of either kind
  /// too. A path that names nothing is the same as no other.
  package static func isSameFile(_ first: String, _ second: String) -> Bool {
    var (firstStatus, secondStatus) = (stat(), stat())
    guard stat(first, &firstStatus) == 0, stat(second, &secondStatus) == 0 else { return false }
    return firstStatus.st_dev == secondStatus.st_dev && firstStatus.st_ino == secondStatus.st_ino
  }
}
