import Cajal
import Foundation

/// What the numbers were measured on, as the lines of a list.
enum MachineDescription {
  /// Processor, memory and versions. What the system does not say is left out.
  static func lines(threads: Int, torchVersion: String?) throws -> [String] {
    let level = try InstructionSet.requested() ?? .best
    let peak = try MachinePeak(threads: threads).measure()
    let processor = field("model name", of: "/proc/cpuinfo")
    let memory = field("MemTotal", of: "/proc/meminfo")?.split(separator: " ").first
      .flatMap { Double($0) }
    let kernel = try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
    let swift = (try? ChildProcess.named("swift", ["--version"]).run())?.text
      .split(separator: "\n").first
    let lines: [(String, String?)] = [
      ("processor", processor), ("cores", String(ProcessInfo.processInfo.activeProcessorCount)),
      ("threads", String(threads)), ("instruction set", level.rawValue),
      ("peak", String(format: "%.0f GF/s", peak / 1e9)),
      ("memory", memory.map { String(format: "%.1f GB", $0 * 1024 / 1e9) }),
      ("kernel", kernel?.trimmingCharacters(in: .whitespacesAndNewlines)),
      ("Swift", swift.map(String.init)), ("PyTorch", torchVersion ?? "none"),
    ]
    return lines.compactMap { label, value in value.map { "- \(label): \($0)" } }
  }

  /// The value of the first line `label : value` of a file.
  private static func field(_ label: String, of path: String) -> String? {
    let text = try? String(contentsOfFile: path, encoding: .utf8)
    guard let line = text?.split(separator: "\n").first(where: { $0.hasPrefix(label) }) else {
      return nil
    }
    return line.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
  }
}
