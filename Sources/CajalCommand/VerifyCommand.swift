import ArgumentParser
import CajalSupport
import CajalVerification

/// `cajal verify`: replays the original's results.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compare the model with numbers that tensor2tensor computed.",
    discussion: """
      Example: cajal verify fixtures

      Replays every case that the folder's index.json lists and prints the largest error of each \
      kind: the norm of the difference over the norm of the original; for pixels the share of \
      wrong ones. The exit status is 1 if a case misses its tolerance.
      """)

  @Argument(help: "A folder of cases: index.json, sidecars and safetensors files.")
  var folder: String

  @Option(name: .customLong("case"), help: "Replay only the case of this name.")
  var caseName: String?

  @OptionGroup var device: DeviceOptions

  @Flag(help: "Print one JSON object per line.")
  var json = false

  func run() throws {
    let fixtures = try FixtureFolder(folder)
    let cases = try chosenCases(of: fixtures)
    let replay = FixtureReplay(fixtures, on: try device.open())
    let table = VerificationTable(names: cases.map(\.name))
    let progress = ProgressLine()
    var outcomes: [CaseResult.Outcome] = []
    if !json { print(table.titles) }
    for (index, fixture) in cases.enumerated() {
      progress.show("\(index + 1)/\(cases.count) \(fixture.name)")
      let result = replay.replay(fixture)
      outcomes.append(result.outcome)
      progress.finish()
      if json {
        try StandardOutput.print(json: VerificationRecord(result))
      } else {
        print(table.lines(for: result))
      }
      try StandardOutput.finish()
    }
    if !json { print(Self.summary(outcomes)) }
    if outcomes.contains(.failed) { throw ExitCode(ExitStatus.failedWork) }
  }

  private func chosenCases(of fixtures: FixtureFolder) throws -> [FixtureFolder.Case] {
    guard !fixtures.cases.isEmpty else {
      throw ValidationError("\(folder)/index.json lists no case")
    }
    guard let caseName else { return fixtures.cases }
    let chosen = fixtures.cases.filter { $0.name == caseName }
    guard chosen.isEmpty else { return chosen }
    let nearest = Spelling.nearest(to: caseName, in: fixtures.cases.map(\.name))
    throw ValidationError(
      "--case \(caseName): \(folder) has no such case"
        + (nearest.map { "; did you mean \($0)?" } ?? ""))
  }

  private static func summary(_ outcomes: [CaseResult.Outcome]) -> String {
    func count(_ outcome: CaseResult.Outcome) -> String {
      "\(outcomes.count { $0 == outcome }) \(outcome.rawValue)"
    }
    return [count(.passed), count(.failed), count(.unsupported)].joined(separator: ", ")
  }
}

/// Results as aligned lines, each printed as soon as it is known.
private struct VerificationTable {
  private static let kinds = ["logits", "loss", "gradient", "weights", "pixels"]
  private let widths: [Int]

  init(names: [String]) {
    widths =
      [max(4, names.map(\.count).max() ?? 0), "unsupported".count]
      + Self.kinds.map { max($0.count, 7) }
  }

  var titles: String { TextTable.line(["case", "status"] + Self.kinds, widths) }

  /// The line of a result; below it, if it failed, what missed its tolerance.
  func lines(for result: CaseResult) -> String {
    if let reason = result.reason {
      return TextTable.line([result.name, result.outcome.rawValue], widths) + "  " + reason
    }
    let errors = Self.kinds.map { kind in
      result.worst(kind).map { $0.error == 0 ? "0" : Figures.error($0.error) } ?? ""
    }
    let misses = Self.kinds.compactMap { result.worst($0) }.filter { !$0.passes }.map {
      "  \($0.quantity): the error \(Figures.error($0.error)) "
        + "is over \(Figures.error($0.tolerance))"
    }
    return ([TextTable.line([result.name, result.outcome.rawValue] + errors, widths)] + misses)
      .joined(separator: "\n")
  }
}

/// A result as JSON: comparisons that were not made are omitted.
private struct VerificationRecord: Encodable {
  let name: String
  let status: String
  let reason: String?
  let logits, loss, gradient, weights, pixels: Double?
  let worstGradient: String?
  /// The error of each step of a trajectory.
  let losses: [Double]?

  enum CodingKeys: String, CodingKey {
    case name = "case"
    case worstGradient = "worst_gradient"
    case status, reason, logits, loss, gradient, weights, pixels, losses
  }

  init(_ result: CaseResult) {
    name = result.name
    status = result.outcome.rawValue
    reason = result.reason
    logits = result.worst("logits")?.error
    loss = result.worst("loss")?.error
    gradient = result.worst("gradient")?.error
    weights = result.worst("weights")?.error
    pixels = result.worst("pixels")?.error
    worstGradient = result.worst("gradient").map {
      String($0.quantity.dropFirst("gradient ".count))
    }
    let steps = result.checks.filter { $0.quantity.hasPrefix("loss of step ") }
    losses = steps.isEmpty ? nil : steps.map(\.error)
  }
}
