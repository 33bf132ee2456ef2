import Foundation

/// The committed table of what kernels occupy, a line per kernel and architecture.
struct KernelResourceTable {
  /// The compiler that the table was made with: another one chooses other registers.
  static let compilerVersion = (major: 13, minor: 0)

  /// How the table is made again.
  static let renewal = "make kernel-table writes the table again; look at what became of it"

  private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("kernel-resources.csv")

  private static let titles =
    "kernel,architecture,registers,shared bytes,local bytes,threads,blocks,occupancy %"

  /// The lines, without the titles.
  private(set) var lines: Set<String>

  /// The table as it is committed; empty where there is none.
  init() {
    let text = (try? String(contentsOf: Self.file, encoding: .utf8)) ?? ""
    lines = Set(text.split(separator: "\n").dropFirst().map(String.init))
  }

  /// The lines of an architecture.
  func lines(of architecture: String) -> Set<String> {
    lines.filter { $0.contains(",\(architecture),") }
  }

  /// Replaces the lines of an architecture.
  mutating func replace(_ architecture: String, by lines: Set<String>) throws {
    self.lines = self.lines.subtracting(self.lines(of: architecture)).union(lines)
    let text = ([Self.titles] + self.lines.sorted()).joined(separator: "\n") + "\n"
    try text.write(to: Self.file, atomically: true, encoding: .utf8)
  }

  /// The line of a kernel.
  static func line(_ kernel: KernelResources) -> String {
    let numbers = [
      kernel.registers, kernel.sharedBytes, kernel.localBytes, kernel.threads, kernel.blocks,
      kernel.occupancy,
    ]
    return ([kernel.kernel, kernel.architecture] + numbers.map(String.init))
      .joined(separator: ",")
  }
}
