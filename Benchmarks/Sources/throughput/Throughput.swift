import ArgumentParser
import Cajal
import CajalOperationCases

/// `throughput`: how fast operations, training steps and decoding are on this machine.
@main
struct Throughput: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure operations, training steps and decoding.",
    subcommands: [Operations.self, TrainStep.self, Decode.self, All.self],
    defaultSubcommand: All.self)
}

/// What every subcommand can be told.
struct Options: ParsableArguments {
  @Flag(help: "Print a JSON object a line.")
  var json = false

  @Option(help: "Only cases whose name contains this text.")
  var filter: String?

  /// Measures a case unless it is filtered out, and prints it.
  func measure(
    _ name: String, flops: Double? = nil, images: Int? = nil, _ work: () throws -> Void
  ) throws {
    guard filter.map(name.contains) ?? true else { return }
    print(try Measurement(name, flops: flops, images: images, work).line(json: json))
  }
}

struct Operations: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operations", abstract: "Single operations, forwards and backwards.")

  @OptionGroup var options: Options

  func run() throws {
    for operation in OperationCase.throughput {
      let inputs = operation.inputs(on: .cpu)
      let flops = Double(operation.flops)
      try options.measure("\(operation.name), forward", flops: flops) {
        _ = operation.result(of: inputs)
      }
      try options.measure("\(operation.name), forward and backward") {
        _ = operation.resultAndGradients(of: inputs)
      }
    }
  }
}

struct TrainStep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train-step", abstract: "Loss and gradients of a batch.")

  @OptionGroup var options: Options

  func run() throws {
    for (set, batch) in [("img2img_transformer2d_tiny", 4), ("cajal2d_tiny", 4)] {
      try options.measure("\(set)_b\(batch)", images: batch, trainingStep(of: set, batch: batch))
    }
  }

  /// One picture after the other, as a replica takes them, on all cores together.
  private func trainingStep(of set: String, batch: Int) throws -> () -> Void {
    let model = try Img2ImgTransformer(.named(set), inputRows: 8, inputColumns: 8)
    let gradients = ParameterGradients(count: model.layout.bufferCount)
    let inputs = pixels([1, 8, 8, 3])
    let targets = pixels([1, 32, 32, 3])
    return {
      for image in 0..<batch {
        let tape = Tape(parameterGradients: gradients)
        let pass = ForwardPass(
          tape: tape, parameters: model.parameters,
          randomness: RandomKey(seed: 1, stream: 0, step: UInt64(image)))
        tape.backward(from: model.loss(inputs: inputs, targets: targets, pass))
      }
    }
  }
}

struct Decode: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode", abstract: "Pictures of 32 × 32 by cached decoding.")

  @OptionGroup var options: Options

  func run() throws {
    let model = try Img2ImgTransformer(.cajal2DTiny, inputRows: 8, inputColumns: 8)
    for batch in [1, 16] {
      let inputs = pixels([batch, 8, 8, 3])
      try options.measure("decode_tiny_b\(batch)", images: batch) {
        _ = try model.decode(inputs, decoding: .greedy)
      }
    }
  }
}

struct All: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Everything.")

  @OptionGroup var options: Options

  func run() throws {
    var operations = Operations()
    operations.options = options
    try operations.run()
    var step = TrainStep()
    step.options = options
    try step.run()
    var decode = Decode()
    decode.options = options
    try decode.run()
  }
}

/// Random pixels, the same each time.
private func pixels(_ shape: Shape) -> Tensor<UInt8> {
  var random = RandomStream(RandomKey(seed: 1, stream: 99))
  return Tensor((0..<shape.count).map { _ in UInt8(random.nextWord() >> 24) }, shape: shape)
}
