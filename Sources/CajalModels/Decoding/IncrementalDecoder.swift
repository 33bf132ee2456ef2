import CajalAutodiff
import CajalLayers
import CajalTensor

/// Predicts the sub-pixels of a batch of pictures one at a time, with cached keys and values.
final class IncrementalDecoder {
  private let network: Network
  private let pass: ForwardPass
  private let batch: Int
  /// One number for each picture: `[batch, 1]`.
  private let column: Shape
  private let positionSignal: Tensor<Float>
  private let selfCaches: [KeyValueCache]
  private let crossCaches: [KeyValueCache]
  /// The decoder input where there is no earlier position: `[batch, 1, width]` zeros.
  private let zeros: Variable
  /// `[positions, batch]`, so that a position's rows are a slice.
  private let alignedRows: Tensor<Int32>?
  /// The positions whose codes are embedded at each position, `[positions, tables]`; -1 for none.
  private let sources: [Int32]
  /// The codes decoded so far, `[positions, batch, values per position]`.
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
    column = [batch, 1]
    let pass = ForwardPass(tape: Tape(), parameters: parameters)
    self.pass = pass
    let device = parameters.device
    self.alignedRows = alignedRows?.permuted([1, 0]).copied(to: device)
    sources = network.order.planePositions.indices.flatMap { position in
      network.neighbors.sources.map { $0[position] }
    }
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
      cache.append(memory, at: 0, pass)
      return cache
    }
  }

  /// The network's output at `position` for each picture, `[batch, width]`, from the codes before
  /// it. Positions must be requested in ascending order, and each ``set(_:at:)`` before the next is
  /// requested.
  func output(at position: Int) -> Tensor<Float> {
    var x = PendingSum(input(at: position))
    for (index, layer) in network.decoderLayers.enumerated() {
      let (own, cross) = (selfCaches[index], crossCaches[index])
      x = layer(
        x, pass,
        attend: { x in
          own.append(x, at: position, pass)
          return own.attend(x, at: position, pass)
        },
        attendMemory: { cross.attend($0, at: position, pass) })
    }
    let output = network.output(network.decoderClosing(x, pass).result, pass).value
    return output.reshaped([batch, output.shape[-1]])
  }

  /// Fixes the codes of a position, `[batch, values per position]`.
  func set(_ chosen: Tensor<Int32>, at position: Int) {
    chosen.withSpan { chosen in
      let start = position * chosen.count
      for index in chosen.indices { codes[start + index] = chosen[index] }
    }
  }

  private func input(at position: Int) -> Variable {
    let width = positionSignal.shape[1]
    let signal = positionSignal.flatSlice(from: position * width, shape: [1, 1, width])
    let positioned = shown(at: position) + pass.tape.constant(signal)
    guard let alignedRows else { return positioned }
    let rows = alignedRows.flatSlice(from: position * batch, shape: column)
    guard let aligned = network.alignedEmbedding?(rows, pass) else { return positioned }
    return positioned + aligned
  }

  /// The embeddings of the earlier codes for a position. All rows are copied to the device at
  /// once.
  private func shown(at position: Int) -> Variable {
    if let embedding = network.pixelEmbedding { return shownPixels(embedding, at: position) }
    let (embeddings, codes) = (network.targetEmbeddings, codes)
    let tables = embeddings.count
    var rows: [Int32] = []
    rows.reserveCapacity(tables * batch)
    for table in 0..<tables {
      let source = Int(sources[position * tables + table])
      guard source >= 0 else { continue }
      let base = network.channelBase(at: source)
      for image in 0..<batch { rows.append(base + codes[source * batch + image]) }
    }
    guard !rows.isEmpty else { return zeros }
    let indices = Tensor(rows, shape: [rows.count], on: positionSignal.device)
    var shown: Variable?
    var start = 0
    for table in 0..<tables where sources[position * tables + table] >= 0 {
      let embedded = embeddings[table](indices.flatSlice(from: start, shape: column), pass)
      shown = shown.map { $0 + embedded } ?? embedded
      start += batch
    }
    return shown ?? zeros
  }

  /// The embeddings of the pixels before a position.
  private func shownPixels(_ embedding: PixelEmbedding, at position: Int) -> Variable {
    let (source, group) = (Int(network.neighbors.sources[0][position]), network.valuesPerPosition)
    guard source >= 0 else { return zeros }
    let start = source * batch * group
    let pixels = Array(codes[start..<(start + batch * group)])
    let scaled = PixelEmbedding.scaled(Tensor(pixels, shape: [batch, 1, group]))
    return embedding(scaled.copied(to: positionSignal.device), pass)
  }
}
