import Cajal
import Foundation

/// The tables of a comparison, as Markdown.
struct Report {
  let results: Results
  let level: InstructionSet

  private static let peers: [Contestant] = [.eager, .compiled]
  private static let unlockedPeers: [Contestant] = [.unlocked, .unlockedCompiled]

  /// Everything between the markers.
  func text(machine: [String], missing: [String], rounds: Int) -> String {
    let parts = [
      machine.joined(separator: "\n"), missing.joined(separator: "\n"),
      "Medians of \(rounds == 1 ? "one round" : "\(rounds) rounds in which all took turns"). ✓ is at "
        + "least the floor, ✗ is not; the aim is in parentheses.",
      ratios, "Useful work as a fraction of the multiply-adds that the processor can do:",
      fractions,
      others, failures,
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  /// How much faster than the peers we are.
  private var ratios: String {
    var table = MarkdownTable([
      "case", "Cajal", "of peak", "PyTorch", "ratio", "floor (aim)", "PyTorch unlocked", "ratio",
      "floor",
    ])
    for row in RatioGoal.all {
      let ours = results.seconds(of: row.name, by: .cajal)
      let (peer, ratio) = comparison(row.name, ours, Self.peers)
      let (unlocked, unlockedRatio) = comparison(row.name, ours, Self.unlockedPeers)
      let fraction = results.median(\.peakFraction, of: row.name, by: .cajal)
      guard ours != nil || ratio != nil else { continue }
      table.add([
        "`\(row.name)`", ours.map(Self.time) ?? "", fraction.map(Self.percent) ?? "", peer,
        ratio.map(Self.factor) ?? "",
        "\(Self.factor(row.goal.floor)) (\(Self.factor(row.goal.aim)))"
          + Self.mark(ratio.map { $0 >= row.goal.floor }),
        unlocked, unlockedRatio.map(Self.factor) ?? "",
        Self.factor(row.unlockedFloor) + Self.mark(unlockedRatio.map { $0 >= row.unlockedFloor }),
      ])
    }
    return table.text
  }

  /// The best of some peers: its time, with a word when it was compiled, and its ratio to ours.
  private func comparison(
    _ name: String, _ ours: Double?, _ peers: [Contestant]
  ) -> (text: String, ratio: Double?) {
    guard let best = results.best(of: name, by: peers) else {
      return (peers.contains { results.failure(of: name, by: $0) != nil } ? "failed" : "", nil)
    }
    let text = Self.time(best.seconds) + (best.who.isCompiled ? ", compiled" : "")
    return (text, ours.map { best.seconds / $0 })
  }

  /// How much of the processor we use.
  private var fractions: String {
    var table = MarkdownTable(["case", "Cajal", "GF/s", "of peak", "floor (aim)", "PyTorch GF/s"])
    for row in FractionGoal.all(level) {
      guard let fraction = results.median(\.peakFraction, of: row.name, by: .cajal) else {
        continue
      }
      let rate = results.median(\.gflops, of: row.name, by: .cajal)
      let peer = results.median(\.gflops, of: row.name, by: .eager)
      table.add([
        "`\(row.name)`", results.seconds(of: row.name, by: .cajal).map(Self.time) ?? "",
        rate.map { String(format: "%.1f", $0) } ?? "", Self.percent(fraction),
        "\(Self.percent(row.goal.floor)) (\(Self.percent(row.goal.aim)))"
          + Self.mark(fraction >= row.goal.floor),
        peer.map { String(format: "%.1f", $0) } ?? "",
      ])
    }
    return table.text
  }

  /// Memory and threads.
  private var others: String {
    var table = MarkdownTable(["what", "Cajal", "PyTorch", "floor (aim)"])
    let (memory, scaling) = (OtherGoals.memory, OtherGoals.scaling)
    func bytes(_ item: Measurement) -> Double? { item.peakBytes.map(Double.init) }
    if let ours = results.median(bytes, of: memory.name, by: .cajal) {
      let peer = results.median(bytes, of: memory.name, by: .eager)
      table.add([
        "peak memory of `\(memory.name)`", Self.megabytes(ours), peer.map(Self.megabytes) ?? "",
        "under \(Self.megabytes(memory.goal.floor)) (\(Self.megabytes(memory.goal.aim)))"
          + Self.mark(ours < memory.goal.floor),
      ])
    }
    if let one = results.seconds(of: scaling.name, by: .cajalOneThread),
      let two = results.seconds(of: scaling.name, by: .cajalTwoThreads)
    {
      table.add([
        "`\(scaling.name)`, 2 threads against 1", Self.factor(one / two), "",
        "\(Self.factor(scaling.goal.floor)) (\(Self.factor(scaling.goal.aim)))"
          + Self.mark(one / two >= scaling.goal.floor),
      ])
    }
    return table.text
  }

  /// What contestants could not do, and why.
  private var failures: String {
    let names = RatioGoal.all.map(\.name) + FractionGoal.all(level).map(\.name)
    let cases = Contestant.allCases.flatMap { contestant in
      names.compactMap { name in
        results.failure(of: name, by: contestant).map {
          "\(contestant.rawValue) failed at `\(name)`: \($0)"
        }
      }
    }
    return (cases + results.processFailures).map { "- " + $0 }.joined(separator: "\n")
  }
}

extension Report {
  fileprivate static func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<0.1: String(format: "%.2f ms", seconds * 1e3)
    case ..<1: String(format: "%.0f ms", seconds * 1e3)
    default: String(format: "%.2f s", seconds)
    }
  }

  fileprivate static func factor(_ ratio: Double) -> String { String(format: "%.2f×", ratio) }

  fileprivate static func percent(_ fraction: Double) -> String {
    String(format: "%.0f %%", fraction * 100)
  }

  fileprivate static func megabytes(_ bytes: Double) -> String {
    String(format: "%.0f MB", bytes / 1e6)
  }

  fileprivate static func mark(_ isMet: Bool?) -> String {
    isMet.map { $0 ? " ✓" : " ✗" } ?? ""
  }
}
