import CajalAutodiff
import CajalLayers
import CajalTensor

/// Predicts the sub-pixels of a batch of pictures one after the other, keeping the keys and values of what
/// has been decoded.
final class IncrementalDecoder {
  private let network: Network
  private let pass: ForwardPass
  private let batch: Int
  private let positionSignal: Tensor<Float>
  private let selfCaches: [KeyValueCache]
  private let crossCaches: [KeyValueCache]
  private let alignedRows: [Int32]?
  /// The classes decoded so far, `[batch, positions]`.
  private(set) var classes: [Int32]

  /// Encodes the inputs.
  ///
  /// - Parameters:
  ///   - inputRows: `[batch, input positions]` rows of the input embedding.
  ///   - alignedRows: `[batch, positions]` rows of the aligned embedding, where the network has one.
  init(
    _ network: Network, parameters: ParameterValues, inputRows: Tensor<Int32>,
    alignedRows: Tensor<Int32>?
  ) {
    self.network = network
    let batch = inputRows.shape[0]
    self.batch = batch
    let pass = ForwardPass(tape: Tape(), parameters: parameters)
    self.pass = pass
    self.alignedRows = alignedRows?.scalars
    classes = [Int32](repeating: 0, count: batch * network.order.count)
    positionSignal = network.targetPositions.values(pass)
    let device = parameters.device
    let memory = network.encode(inputRows, pass)
    selfCaches = zip(network.decoderLayers, network.decoderPlans).map {
      KeyValueCache($0.selfAttention, plan: $1, batch: batch, on: device)
    }
    crossCaches = network.decoderLayers.map { layer in
      let cache = KeyValueCache(
        layer.crossAttention, plan: network.crossPlan, batch: batch, on: device)
      cache.append(layer.crossAttention, memory, at: 0, pass)
      return cache
    }
  }

  /// The number of positions.
  var count: Int { network.order.count }

  /// The logits of `position` for each picture, `[batch, classes]`, from the classes before it. Positions
  /// are asked for in ascending order, and each is ``set(_:at:)`` before the next is asked for.
  func logits(at position: Int) -> Tensor<Float> {
    var x = input(at: position)
    for (index, layer) in network.decoderLayers.enumerated() {
      let (own, cross) = (selfCaches[index], crossCaches[index])
      x = layer(
        x, pass,
        attend: { x in
          own.append(layer.selfAttention, x, at: position, pass)
          return own.attend(layer.selfAttention, x, at: position, pass)
        },
        attendMemory: { cross.attend(layer.crossAttention, $0, at: position, pass) })
    }
    let logits = network.output(network.decoderClosing(x, pass), pass).value
    return logits.reshaped([batch, logits.shape[-1]])
  }

  /// Fixes the class of a position of every picture.
  func set(_ chosen: [Int32], at position: Int) {
    for (image, index) in chosen.enumerated() { classes[image * count + position] = index }
  }

  private func input(at position: Int) -> Variable {
    let signal = positionSignal.sliced(position..<(position + 1))
    var x: Variable?
    for (embedding, sources) in zip(network.targetEmbeddings, network.neighbors.sources) {
      let source = Int(sources[position])
      guard source >= 0 else { continue }
      let base = network.channelBase(at: source)
      let rows = (0..<batch).map { base + classes[$0 * count + source] }
      let embedded = embed(embedding, rows)
      x = x.map { $0 + embedded } ?? embedded
    }
    let width = signal.shape[1]
    let shown =
      x ?? pass.tape.constant(Tensor(repeating: 0, shape: [batch, 1, width], on: signal.device))
    let positioned = shown + pass.tape.constant(signal)
    guard let embedding = network.alignedEmbedding, let alignedRows else { return positioned }
    return positioned + embed(embedding, (0..<batch).map { alignedRows[$0 * count + position] })
  }

  private func embed(_ embedding: ChannelEmbedding, _ rows: [Int32]) -> Variable {
    embedding(Tensor(rows, shape: [batch, 1], on: positionSignal.device), pass)
  }
}
