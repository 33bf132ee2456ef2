import CMachine
import Foundation

/// How much memory this process has had resident at most, as Linux counts it.
enum ResidentMemory {
  /// Gives what is free back to the system and begins to count anew. Without the right to do so (or
  /// on another system) the count goes on from before.
  static func resetPeak() {
    machine_release_free_memory()
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }

  /// The most bytes since the last reset; `nil` where the system does not say.
  static var peak: Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
  }
}
