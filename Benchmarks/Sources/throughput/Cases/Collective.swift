import ArgumentParser
import Cajal

/// `throughput collective`: adding up the gradients of replicas.
struct Collective: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Adding up the gradients of several replicas of a model.")

  @OptionGroup var options: Options

  func run() throws {
    try options.requireProcessor()
    try Self.measure(options)
  }

  static func measure(_ options: Options) throws {
    let models: [(String, Img2ImgHyperparameters)] = [
      ("tiny", .img2imgTransformer2DTiny), ("base", .img2imgTransformer2DBase),
    ]
    for (label, hyperparameters) in models {
      let names = [2, 4, 8].map { (replicas: $0, name: "reduce_\(label)_r\($0)") }
      guard names.contains(where: { options.includes($0.name) }) else { continue }
      let layout = try Img2ImgTransformer(hyperparameters, inputRows: 8, inputColumns: 8).layout
      try options.measure(
        names.map { replicas, name in reduction(name, of: layout, replicas: replicas) })
    }
  }

  /// As in a training run: the buffers are added to the first in order.
  private static func reduction(
    _ name: String, of layout: ParameterLayout, replicas: Int
  ) -> BenchmarkCase {
    BenchmarkCase(name, flops: 2 * Double((replicas - 1) * layout.parameterCount)) {
      let gradients = try (0..<replicas).map { _ in try ParameterGradients(for: layout) }
      let collective = ThreadCollective(memberCount: replicas)
      return { collective.sum(gradients) }
    }
  }
}
