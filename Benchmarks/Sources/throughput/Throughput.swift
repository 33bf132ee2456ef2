import ArgumentParser

/// `throughput`: how fast operations, training steps and decoding are on this machine.
@main
struct Throughput: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure operations, training steps and decoding.",
    discussion: """
      Each case is one line: the median time of a run and half its interquartile range, useful operations \
      a second (masked-out pairs do not count), these as a fraction of what the same number of threads \
      could do at the time, pictures a second, and the most memory resident during the case.
      """,
    subcommands: [
      Attention.self, Gemm.self, Convolution.self, TrainStep.self, Decode.self, Restoration.self,
      Quality.self, Collective.self, DataReading.self, Operations.self, All.self, Compare.self,
      Section.self, Agreement.self, Bandwidth.self, Card.self, Verify.self,
    ],
    defaultSubcommand: All.self)
}

/// `throughput all`: every case of every other subcommand.
struct All: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Everything but the comparison.")

  @OptionGroup var options: Options

  func run() throws {
    try options.measure(Operations.cases(on: options.openDevice()))
    try Gemm.measure(options)
    try Convolution.measure(options)
    try Attention.measure(options, AttentionCase.model)
    if options.device == .cpu {
      try Collective.measure(options)
      try DataReading.measure(options)
    }
    try Decode.measure(options)
    try TrainStep.measure(options)
    try Restoration.measure(options)
  }
}
