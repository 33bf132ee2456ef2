import CajalSupport
import CajalAutodiff
import CajalImages
import CajalLayers
public import CajalTensor
import Synchronization

extension Img2ImgTransformer {
  /// The targets that the model predicts for a batch of inputs.
  ///
  /// Pictures are decoded on all cores, two by two where there are more of them than cores. The
  /// result does not depend on how they are grouped.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, input rows, input columns, channels]`.
  ///   - decoding: how values are chosen.
  ///   - progress: called after every so many sub-pixels with the fraction done, on any thread.
  /// - Returns: `[batch, img_len, img_len, channels]`.
  /// - Throws: ``HyperparameterError`` for a non-causal decoder, or a ``normalization`` with
  ///   another number of channels; ``PredictionError`` for a model whose weights or predictions
  ///   are not finite, an invalid temperature, or a decoding that the model does not have.
  public func decode(
    _ inputs: Tensor<UInt8>, decoding: Decoding = .mean,
    progress: (@Sendable (Double) -> Void)? = nil
  ) throws -> Tensor<UInt8> {
    let count = inputs.shape[0]
    require(
      inputs.shape == [count, inputRows, inputColumns, channels],
      "inputs are \([count, inputRows, inputColumns, channels]), not \(inputs.shape)")
    guard normalization.map({ $0.channels == channels }) ?? true else {
      throw HyperparameterError(
        name: "num_channels",
        reason: "the model has \(channels) and its normalization \(normalization?.channels ?? 0)")
    }
    try checkDecoding(decoding)
    try checkWeights()
    if case .zeroTarget = decoding { return try zeroTargetPrediction(inputs) }
    try checkIsCausal()
    let tiles = (0..<count).map { Tile(input: inputs.sliced($0..<($0 + 1)), number: $0) }
    let done = Atomic(0)
    let total = Double(max(count * decodeOrder.count, 1))
    let decoded = try decode(tiles, decoding) {
      let now = done.add($0, ordering: .relaxed).newValue
      progress?(Double(now) / total)
    }
    return restored(decoded.flatMap(\.values))
  }

  /// Checks that sub-pixels can be decoded one by one.
  ///
  /// - Throws: ``HyperparameterError`` for a non-causal decoder.
  func checkIsCausal() throws(HyperparameterError) {
    guard hyperparameters.decAttentionType.isCausal else {
      throw HyperparameterError(
        name: "dec_attention_type",
        reason: """
          \(hyperparameters.decAttentionType.rawValue) lets a sub-pixel see the ones after it, so \
          that its model cannot decode one by one; train with local_2d or local_1d
          """)
    }
  }

  /// Decodes tiles on all cores, two by two where there are more of them than cores; on a GPU many
  /// at a time.
  ///
  /// - Parameter report: Called with the number of positions decoded since the last call, on any
  ///   thread.
  func decode(
    _ tiles: [Tile], _ decoding: Decoding, withEntropies: Bool = false,
    _ report: @Sendable (Int) throws -> Void
  ) throws -> [DecodedTile] {
    let size =
      parameters.device.backend.gainsFromThreads
      ? Self.groupSize(tiles.count) : Self.picturesAtOnce
    let groups = stride(from: 0, to: tiles.count, by: size).map {
      Array(tiles[$0..<min($0 + size, tiles.count)])
    }
    return try Threads.concurrentMap(groups) { group in
      try decodeGroup(group, decoding, withEntropies: withEntropies, report)
    }.flatMap { $0 }
  }

  /// The number of pictures, of `count`, decoded in lockstep. Two share the overhead of operations
  /// and the reads of the weights; with more, the keys and values read at every step exceed the
  /// caches.
  static func groupSize(_ count: Int) -> Int { count > Threads.count ? 2 : 1 }

  /// The pictures that a GPU decodes in lockstep: as many rows as the kernel for products of few
  /// rows takes, so that pictures have the same bits in any number.
  private static var picturesAtOnce: Int { 32 }

  /// Positions between progress reports.
  private static var progressInterval: Int { 96 }

  /// Decodes a group of tiles in lockstep.
  private func decodeGroup(
    _ tiles: [Tile], _ decoding: Decoding, withEntropies: Bool, _ report: (Int) throws -> Void
  ) throws -> [DecodedTile] {
    let (batch, order, distribution) = (tiles.count, decodeOrder, distribution)
    let group = distribution.valuesPerPosition
    let inputs = normalized(Tensor.concatenate(tiles.map(\.input), axis: 0))
    let enlarged = enlarged(inputs)
    let decoder = IncrementalDecoder(
      network, parameters: parameters,
      inputRows: network.inputEmbedding.indices(
        of: inputs, order: network.inputOrder.planePositions
      ).copied(to: parameters.device),
      alignedRows: alignedRows(enlarged, batch: batch))
    let bases = enlarged.map { inDecodeOrder($0, batch: batch).permuted([1, 0, 2]) }
    var decoded = tiles.map { _ in
      DecodedTile(count: order.count * group, entropies: withEntropies ? order.count : 0)
    }
    for (position, plane) in order.enumerated() {
      // The only read from the device; the rest is decided on the host.
      let output = decoder.output(at: position).copied(to: .cpu)
      guard output.withSpan(Self.areFinite) else { throw PredictionError.nonFiniteLogits }
      let bases = bases?.flatSlice(from: position * batch, shape: [batch, 1])
      let chosen = distribution.decode(
        output, bases: bases, decoding: decoding, pictures: tiles.map(\.number),
        position: position
      )
      decoder.set(chosen.codes, at: position)
      chosen.values.withSpan { values in
        for index in values.indices {
          let (picture, value) = index.quotientAndRemainder(dividingBy: group)
          decoded[picture].values[plane * group + value] = values[index]
        }
      }
      if withEntropies {
        for (index, entropy) in distribution.entropy(output, bases: bases).scalars.enumerated() {
          decoded[index].entropies[plane] = Float(entropy)
        }
      }
      if (position + 1) % Self.progressInterval == 0 {
        try report(batch * Self.progressInterval)
      }
    }
    try report(batch * (order.count % Self.progressInterval))
    return decoded
  }

  /// Whether all numbers are finite, of few numbers at every position. The largest magnitude has the
  /// largest bits, those of no number even larger ones than infinity: several can be compared at
  /// once, as they could not be added.
  private static func areFinite(_ numbers: Span<Float>) -> Bool {
    var largest: UInt32 = 0
    for index in numbers.indices {
      largest = max(largest, numbers[index].magnitude.bitPattern)
    }
    return largest < Float.infinity.bitPattern
  }

  /// The most probable values of one pass over an all-zero target.
  private func zeroTargetPrediction(_ inputs: Tensor<UInt8>) throws -> Tensor<UInt8> {
    let zeros = Tensor<UInt8>(
      repeating: 0, shape: [inputs.shape[0], targetLength, targetLength, channels])
    let outputs =
      network.isOfPixels
      ? self.outputs(inputs: inputs, targets: zeros) : logits(inputs: inputs, targets: zeros)
    guard outputs.allFinite else { throw PredictionError.nonFiniteLogits }
    let byValue: any OutputDistribution =
      network.isOfPixels ? distribution : CategoricalDistribution(classes: distribution.levels)
    return restored(byValue.mode(outputs, bases: nil).scalars)
  }

  /// Normalized values as pictures, `[batch, img_len, img_len, channels]`.
  private func restored(_ values: [Int32]) -> Tensor<UInt8> {
    let size = targetLength * targetLength * channels
    return Tensor(
      restored(values.map(UInt8.init)),
      shape: [values.count / size, targetLength, targetLength, channels])
  }

  /// Normalized values as those of pictures.
  func restored(_ values: [UInt8]) -> [UInt8] { normalization?.restored(values) ?? values }
}
