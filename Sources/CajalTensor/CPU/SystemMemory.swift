import CajalPlatform

/// Memory from the system's allocator, which may have none left, unlike Swift's own, which then
/// stops the program.
enum SystemMemory {
  /// Aligned memory with undefined contents, or `nil` when there is none.
  static func allocate(byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer? {
    var memory: UnsafeMutableRawPointer?
    return unsafe posix_memalign(&memory, alignment, byteCount) == 0 ? memory : nil
  }

  /// Gives back memory from ``allocate(byteCount:alignment:)``.
  static func free(_ memory: UnsafeMutableRawPointer) { unsafe systemFree(memory) }

  /// The bytes of the machine's memory, if the system tells.
  static let byteCount: Int? = {
    let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
    return pages > 0 && size > 0 ? Int(pages) * Int(size) : nil
  }()
}

/// `free(3)`, shadowed by the method of that name.
private func systemFree(_ memory: UnsafeMutableRawPointer) { unsafe free(memory) }
