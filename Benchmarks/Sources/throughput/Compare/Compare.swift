import ArgumentParser
import Cajal
import Foundation

/// `throughput compare`: ours and the peers' cases in turn, and the tables of the documentation.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare with PyTorch and write the tables of Docs/performance.md.",
    discussion: """
      All contestants do a job one after the other, each in a process of its own, then the next job, and all \
      of it once a round, so that whatever slows the machine down for a while slows all of them down. Leave \
      the machine to it: threads that wait for each other suffer most from others' work.
      """)

  @Option(help: "How often everything is measured. (default: 3, with --quick 1)")
  var rounds: Int?

  @Flag(help: "Fewer cases.")
  var quick = false

  @Flag(inversion: .prefixedNo, help: "Whether torch.compile takes part, minutes for each model.")
  var compiled = true

  @Option(help: "Threads that work is spread over. (default: one a core)")
  var threads: Int?

  @Option(help: "A Python that has PyTorch. (default: $CAJAL_PEERS_PYTHON, then peers/.venv)")
  var python: String?

  @Option(
    help: "A Markdown file that gets the tables between its markers, rather than the terminal.")
  var output: String?

  func validate() throws {
    guard rounds ?? 1 >= 1 else {
      throw ValidationError("--rounds is at least 1, not \(rounds ?? 0)")
    }
    guard threads ?? 1 >= 1 else {
      throw ValidationError("--threads is at least 1, not \(threads ?? 0)")
    }
  }

  func run() throws {
    let level = try InstructionSet.requested() ?? .best
    if let output { try MeasuredSection.check(output) }
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cajal-compare-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let peers = Peers(python: python, buildFolder: folder)
    for line in peers.missing { Self.note(line) }
    let count = rounds ?? (quick ? 1 : 3)
    let results = try measure(rounds: count, with: peers)
    let machine = try MachineDescription.lines(
      threads: threads ?? Threads.count, torchVersion: results.torchVersion)
    let text = Report(results: results, level: level)
      .text(machine: machine, missing: peers.missing, rounds: count)
    if let output {
      try MeasuredSection.replace(in: output, with: text)
    } else {
      print(text)
    }
  }

  private func measure(rounds: Int, with peers: Peers) throws -> Results {
    var results = Results()
    for round in 1...rounds {
      for job in quick ? Job.quick : Job.full {
        for contestant in job.contestants where compiled || !contestant.isCompiled {
          guard let process = peers.process(for: job, by: contestant, threads: threads) else {
            continue
          }
          Self.note("round \(round) of \(rounds): \(job.title), \(contestant.rawValue)")
          results.add(try process.run(), of: job, by: contestant)
        }
      }
    }
    return results
  }

  /// Reports progress on standard error.
  private static func note(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }
}
