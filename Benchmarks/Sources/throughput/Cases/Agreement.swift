import ArgumentParser
import Cajal
import CajalOperationCases

/// `throughput agreement`: what a device computes, against the processor.
struct Agreement: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the results and gradients of operations with the processor's.",
    discussion: """
      A line per operation: its largest error as a multiple of what rounding allows. Above 1 it fails, and so does the \
      command at the end. The processor itself is compared with the reference.
      """)

  @OptionGroup var options: Options

  @Flag(help: "Operations of the sizes they have in models, rather than the table's small ones.")
  var modelSizes = false

  @Option(help: "Only every so manyth operation, such as under a tool that makes them slow.")
  var every = 1

  func validate() throws {
    guard every >= 1 else { throw ValidationError("--every is at least 1, not \(every)") }
  }

  func run() throws {
    let device = try options.openDevice()
    let table =
      modelSizes
      ? [(name: "model sizes", cases: OperationCase.modelSizes)] : OperationCase.groups
    var failed = false
    for (group, cases) in table {
      for (index, row) in cases.enumerated()
      where index % every == 0 && (options.includes(row.name) || options.includes(group)) {
        let record = Record(row, group: group, row.agreement(of: device))
        failed = failed || !record.passes
        try options.report(record, text: record.text)
      }
    }
    if failed { throw ExitCode.failure }
  }

  /// A line.
  private struct Record: Encodable {
    let name: String, group: String, place: String
    /// `nil` stands for infinity, which JSON lacks.
    let worst: Double?
    let passes: Bool

    enum CodingKeys: String, CodingKey {
      case name = "case"
      case group, place, worst, passes
    }

    init(_ row: OperationCase, group: String, _ agreement: OperationAgreement) {
      name = row.name
      self.group = group
      place = agreement.place
      worst = agreement.worst.isFinite ? agreement.worst : nil
      passes = agreement.passes
    }

    var text: String {
      "\(passes ? "ok    " : "FAILED") \(name): \(worst.map { "\($0)" } ?? "∞") at \(place)"
    }
  }
}
