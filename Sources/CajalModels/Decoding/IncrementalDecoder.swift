import CajalAutodiff
import CajalLayers
import CajalTensor

/// Predicts the sub-pixels of a batch of pictures one at a time, with cached keys and values.
final class IncrementalDecoder {
  private let network: Network
  private let pass: ForwardPass
  private let batch: Int
  private let positionSignal: Tensor<Float>
  private let selfCaches: [KeyValueCache]
  private let crossCaches: [KeyValueCache]
  /// The decoder input where there is no earlier position: `[batch, 1, width]` zeros.
  private let zeros: Variable
  /// `[positions, batch]`, so that a position's rows are a slice.
  private let alignedRows: Tensor<Int32>?
  /// The codes decoded so far, `[batch, positions, values per position]`.
  private var codes: [Int32]

  /// Encodes the inputs.
  ///
  /// - Parameters:
  ///   - inputRows: `[batch, input positions]` rows of the input embedding.
  ///   - alignedRows: `[batch, positions]` rows of the aligned embedding, where the network has
  ///     one.
  init(
    _ network: Network, parameters: ParameterValues, inputRows: Tensor<Int32>,
    alignedRows: Tensor<Int32>?
  ) {
    self.network = network
    let batch = inputRows.shape[0]
    self.batch = batch
    let pass = ForwardPass(tape: Tape(), parameters: parameters)
    self.pass = pass
    let device = parameters.device
    self.alignedRows = alignedRows?.permuted([1, 0]).copied(to: device)
    codes = [Int32](repeating: 0, count: batch * network.order.count * network.valuesPerPosition)
    positionSignal = network.targetPositions.values(pass)
    zeros = pass.tape.constant(Tensor(zeros: [batch, 1, positionSignal.shape[1]], on: device))
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

  /// The network's output at `position` for each picture, `[batch, width]`, from the codes before
  /// it. Positions must be requested in ascending order, and each ``set(_:at:)`` before the next is
  /// requested.
  func output(at position: Int) -> Tensor<Float> {
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
    let output = network.output(network.decoderClosing(x, pass), pass).value
    return output.reshaped([batch, output.shape[-1]])
  }

  /// Fixes the codes of a position, `[batch, values per position]`.
  func set(_ chosen: Tensor<Int32>, at position: Int) {
    let group = network.valuesPerPosition
    for (index, code) in chosen.scalars.enumerated() {
      codes[(index / group * count + position) * group + index % group] = code
    }
  }

  private func input(at position: Int) -> Variable {
    let signal = positionSignal.sliced(position..<(position + 1))
    let positioned = shown(at: position) + pass.tape.constant(signal)
    guard let embedding = network.alignedEmbedding, let alignedRows else { return positioned }
    let rows = alignedRows.sliced(position..<(position + 1)).reshaped([batch, 1])
    return positioned + embedding(rows, pass)
  }

  /// The embeddings of the earlier codes for a position. All rows are copied to the device at
  /// once.
  private func shown(at position: Int) -> Variable {
    if let embedding = network.pixelEmbedding { return shownPixels(embedding, at: position) }
    var embeddings: [ChannelEmbedding] = []
    var rows: [Int32] = []
    for (embedding, sources) in zip(network.targetEmbeddings, network.neighbors.sources) {
      let source = Int(sources[position])
      guard source >= 0 else { continue }
      embeddings.append(embedding)
      let base = network.channelBase(at: source)
      for image in 0..<batch { rows.append(base + codes[image * count + source]) }
    }
    guard let first = embeddings.first else { return zeros }
    let indices = Tensor(rows, shape: [embeddings.count, batch, 1], on: positionSignal.device)
    func embedded(_ number: Int, _ embedding: ChannelEmbedding) -> Variable {
      embedding(indices.sliced(number..<(number + 1)).reshaped([batch, 1]), pass)
    }
    return embeddings.enumerated().dropFirst().reduce(embedded(0, first)) {
      $0 + embedded($1.offset, $1.element)
    }
  }

  /// The embeddings of the pixels before a position.
  private func shownPixels(_ embedding: PixelEmbedding, at position: Int) -> Variable {
    let (source, group) = (Int(network.neighbors.sources[0][position]), network.valuesPerPosition)
    guard source >= 0 else { return zeros }
    let pixels = (0..<batch).flatMap { image -> ArraySlice<Int32> in
      let start = (image * count + source) * group
      return codes[start..<(start + group)]
    }
    let scaled = PixelEmbedding.scaled(Tensor(pixels, shape: [batch, 1, group]))
    return embedding(scaled.copied(to: positionSignal.device), pass)
  }
}
