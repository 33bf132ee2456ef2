import CMachine
import Foundation

/// How much memory this process has resident, as Linux counts it: its own pages, not the system's
/// copies of files.
enum ResidentMemory {
  /// Returns free memory to the system and resets the peak to the current resident size. Without
  /// permission (or on another system) the peak is not reset.
  static func resetPeak() {
    machine_release_free_memory()
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }

  /// The bytes now; `nil` where the system does not say.
  static var current: Int? { bytes("VmRSS:") }

  /// The most bytes since the last reset; `nil` where the system does not say.
  static var peak: Int? { bytes("VmHWM:") }

  private static func bytes(_ entry: String) -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix(entry) })
    else { return nil }
    return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
  }
}
