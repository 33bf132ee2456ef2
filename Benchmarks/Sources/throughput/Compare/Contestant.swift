/// Who does the work of a comparison.
enum Contestant: String, CaseIterable {
  case cajal = "Cajal"
  case cajalOneThread = "Cajal on 1 thread"
  case cajalTwoThreads = "Cajal on 2 threads"
  case eager = "PyTorch"
  case compiled = "PyTorch compiled"
  case unlocked = "PyTorch unlocked"
  case unlockedCompiled = "PyTorch compiled and unlocked"

  /// Whether it is one of ours.
  var isCajal: Bool {
    switch self {
    case .cajal, .cajalOneThread, .cajalTwoThreads: true
    case .eager, .compiled, .unlocked, .unlockedCompiled: false
    }
  }
  /// Whether it runs its work compiled by `torch.compile`.
  var isCompiled: Bool { self == .compiled || self == .unlockedCompiled }
  /// Whether MKL takes the processor for one of Intel's.
  var isUnlocked: Bool { self == .unlocked || self == .unlockedCompiled }

  /// The threads that the contestant is about; `nil` where that is left to the comparison.
  var threads: Int? {
    switch self {
    case .cajalOneThread: 1
    case .cajalTwoThreads: 2
    default: nil
    }
  }
}

/// Cases that one contestant does in one process.
struct Job {
  /// The subcommand of `throughput`; the peers' script has the same name with underscores.
  let subcommand: String
  /// What the cases' names contain; all cases when empty.
  var filters: [String] = []
  let contestants: [Contestant]

  /// What it is called in messages.
  var title: String { ([subcommand] + filters).joined(separator: " ") }

  /// The peers' script.
  var script: String { subcommand.split(separator: "-").joined(separator: "_") + ".py" }

  /// What the tables need. A training is a process of its own each, so that its memory is its own.
  static let full: [Job] =
    [
      Job(subcommand: "attention", contestants: operations),
      Job(subcommand: "gemm", contestants: operations),
      Job(subcommand: "convolution", contestants: operations),
    ] + ["tiny_b4", "tiny_b18", "base_b1"].map(training) + [
      Job(subcommand: "decode", contestants: operations),
      Job(subcommand: "restoration", contestants: everyone), scaling,
    ]

  /// A few cases of each kind, for a first impression.
  static let quick: [Job] = [
    Job(
      subcommand: "attention", filters: ["local2d_b4_h4", "causal_b4_h4", "encdec_b4_h4"],
      contestants: operations),
    Job(subcommand: "gemm", filters: ["3072x128x128", "3072x512x512"], contestants: operations),
    Job(subcommand: "convolution", filters: ["x64_"], contestants: operations),
    Job(
      subcommand: "restoration", filters: ["restoration_trunk", "restoration_head"],
      contestants: operations),
    Job(
      subcommand: "train-step", filters: ["transformer2d_tiny_b4"],
      contestants: [.cajal, .eager, .unlocked]),
    scaling,
  ]

  private static let operations: [Contestant] = [.cajal, .eager, .unlocked]

  private static let everyone: [Contestant] = [
    .cajal, .eager, .unlocked, .compiled, .unlockedCompiled,
  ]

  private static func training(_ name: String) -> Job {
    Job(
      subcommand: "train-step", filters: ["img2img_transformer2d_" + name],
      contestants: everyone)
  }

  private static let scaling = Job(
    subcommand: "train-step", filters: ["img2img_transformer2d_tiny_b4"],
    contestants: [.cajalOneThread, .cajalTwoThreads])
}
