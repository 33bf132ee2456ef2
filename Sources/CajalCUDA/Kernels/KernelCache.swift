import CajalSupport
import Foundation

/// Compiled kernels on disk, by what they were compiled from and for.
///
/// An entry is written aside and renamed, so that processes may share a folder. One that is damaged
/// is compiled again. Where nothing can be written, kernels are compiled each time.
package struct KernelCache: Sendable {
  /// The folder, or `nil` where there is none.
  package let folder: String?

  /// A cache in a folder, which is made when it is needed.
  package init(folder: String?) { self.folder = folder }

  /// The folder of the account: `XDG_CACHE_HOME/cajal` or `~/.cache/cajal`.
  package static func standard(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> KernelCache {
    func folder(_ variable: String) -> String? {
      environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    let cache = folder("XDG_CACHE_HOME") ?? folder("HOME").map { $0 + "/.cache" }
    return KernelCache(folder: cache.map { $0 + "/cajal/kernels" })
  }

  /// The file of a key's entry.
  package func path(_ name: String, key: [String]) -> String? {
    folder.map { "\($0)/\(name)-\(String(Self.hash(key), radix: 16)).cubin" }
  }

  /// The code under a key, or `nil` where there is no whole entry.
  package func code(_ name: String, key: [String]) -> [UInt8]? {
    guard let path = path(name, key: key), let bytes = try? Files.read(path),
      bytes.starts(with: Self.header), bytes.count >= Self.header.count + 4
    else { return nil }
    let code = Array(bytes[Self.header.count..<(bytes.count - 4)])
    return bytes.suffix(4).elementsEqual(Self.seal(code)) ? code : nil
  }

  /// Keeps code under a key, if that is possible.
  package func store(_ code: [UInt8], _ name: String, key: [String]) {
    guard let folder, let path = path(name, key: key) else { return }
    // Without the entry the next process compiles once more; no work depends on it.
    try? Files.createDirectory(folder)
    try? Files.writeAtomically(to: path, Self.header + code + Self.seal(code))
  }

  private static let header = Array("cajal kernels 1\n".utf8)

  /// The checksum of the code, which also ends an entry: a file that was cut off has another one.
  private static func seal(_ code: [UInt8]) -> [UInt8] {
    let checksum = CRC32C.checksum(code)
    return (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
  }

  /// The 128-bit FNV-1a hash of texts, each of which a zero ends.
  private static func hash(_ texts: [String]) -> UInt128 {
    let prime: UInt128 = 1 << 88 + 0x13B
    var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
    for text in texts {
      for byte in text.utf8 { hash = (hash ^ UInt128(byte)) &* prime }
      hash = hash &* prime
    }
    return hash
  }
}
