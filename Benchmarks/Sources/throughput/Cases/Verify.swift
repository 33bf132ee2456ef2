import ArgumentParser
import CajalVerification

/// `throughput verify`: the numbers that tensor2tensor computed, on a device.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the models with numbers that tensor2tensor computed.",
    discussion: """
      As cajal verify, which says more: here it is so that one program does all that checks a GPU. A line per case, with \
      the largest error as a multiple of its tolerance. Above 1 it fails, and so does the command at the end.
      """)

  @OptionGroup var options: Options

  @Argument(help: "A folder of cases: index.json, sidecars and safetensors files.")
  var folder: String

  func run() throws {
    let fixtures = try FixtureFolder(folder)
    let replay = FixtureReplay(fixtures, on: try options.openDevice())
    var failed = false
    for fixture in fixtures.cases where options.includes(fixture.name) {
      let record = Record(replay.replay(fixture))
      failed = failed || record.status == CaseResult.Outcome.failed.rawValue
      try options.report(record, text: record.text)
    }
    if failed { throw ExitCode.failure }
  }

  /// A line.
  private struct Record: Encodable {
    let name: String, status: String
    let reason: String?, place: String?
    /// `nil` where nothing was compared, or for infinity, which JSON lacks.
    let worst: Double?

    enum CodingKeys: String, CodingKey {
      case name = "case"
      case status, reason, place, worst
    }

    init(_ result: CaseResult) {
      name = result.name
      status = result.outcome.rawValue
      reason = result.reason
      let worst = result.checks.max { Self.ratio($0) < Self.ratio($1) }
      place = worst?.quantity
      let ratio = worst.map(Self.ratio)
      self.worst = ratio?.isFinite == true ? ratio : nil
    }

    /// An error as a multiple of its tolerance. Where none is tolerated, any is infinite.
    private static func ratio(_ check: CaseResult.Check) -> Double {
      if check.error <= 0 { return 0 }
      let ratio = check.error / check.tolerance
      return ratio.isNaN ? .infinity : ratio
    }

    var text: String {
      let detail = reason ?? place.map { "\(worst.map { "\($0)" } ?? "∞") at \($0)" } ?? ""
      return "\(status) \(name): \(detail)"
    }
  }
}
