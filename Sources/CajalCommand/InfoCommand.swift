import ArgumentParser
import Cajal

/// `cajal info`: information about this program and this machine.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show versions, instruction sets, GPUs, problems and sets of hyperparameters.",
    discussion: """
      Example: cajal info
      Example: cajal info --hparams cajal2d_tiny
      Example: cajal info --problem allen-brain-24to32
      """)

  @Option(
    help: """
      Print this set of hyperparameters as JSON, under tensor2tensor's names where it has them.
      """)
  var hparams: String?

  @Option(help: "Print the options of this problem with what they are by default.")
  var problem: String?

  func validate() throws {
    guard hparams == nil || problem == nil else {
      throw ValidationError("--hparams or --problem, not both")
    }
  }

  func run() throws {
    if let problem { return try Self.show(problem) }
    if let hparams {
      return try Self.show(hparams, of: ModelRegistry.standard.kind(ofSet: hparams))
    }
    let available = InstructionSet.available
    let chosen = try InstructionSet.requested()
    let isa = chosen ?? .best
    var lines = [
      "cajal \(CajalCommand.configuration.version)",
      "instruction set: \(isa.rawValue)" + (chosen == nil ? "" : " (CAJAL_ISA)")
        + ", available: \(available.map(\.rawValue).joined(separator: ", "))",
      "cores: \(Threads.count)",
      "OpenBLAS (linear algebra in Double only): kernels for \(OpenBLAS.coreName)",
    ]
    if let remedy = OpenBLAS.remedy(for: .best) { lines.append("warning: \(remedy)") }
    lines += DeviceReport.lines()
    lines.append("problems:")
    lines += ProblemRegistry.standard.names.map { "  \($0)" }
    lines.append("  and the same with other sizes, such as allen-brain-24to32")
    for kind in ModelRegistry.standard.kinds {
      lines.append("sets of hyperparameters of \(kind.kind):")
      lines += kind.setNames.map { "  \($0)" }
    }
    print(lines.joined(separator: "\n"))
  }

  private static func show<M: ProblemModel>(_ set: String, of kind: M.Type) throws {
    try StandardOutput.print(json: try M.Hyperparameters.named(set), pretty: true)
  }

  private static func show(_ name: String) throws {
    let problem = try ProblemRegistry.standard.problem(named: name)
    let forms = (problem as? AllenBrain)?.optionForms ?? [:]
    print("\(name): \(problem.inputShape) to \(problem.targetShape)")
    for (name, value) in problem.options.sorted(by: { $0.key < $1.key }) {
      print("  \(name)=\(value)" + (forms[name].map { "\n      \($0)" } ?? ""))
    }
  }
}
