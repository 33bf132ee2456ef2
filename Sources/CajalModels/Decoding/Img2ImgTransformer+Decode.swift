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
    guard hyperparameters.decAttentionType.isCausal else {
      throw HyperparameterError(
        name: "dec_attention_type",
        reason: """
          \(hyperparameters.decAttentionType.rawValue) lets a sub-pixel see the ones after it, so \
          that its model cannot decode one by one; train with local_2d or local_1d
          """)
    }
    let size = Self.groupSize(count)
    let groups = stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    let done = Atomic(0)
    let total = Double(max(count * decodeOrder.count, 1))
    let parts = try Threads.concurrentMap(groups) { group in
      try decodeGroup(inputs.sliced(group), decoding, firstImage: group.lowerBound) {
        let now = done.add($0, ordering: .relaxed).newValue
        progress?(Double(now) / total)
      }
    }
    return restored(parts.flatMap(\.scalars))
  }

  /// The number of pictures, of `count`, decoded in lockstep. Two share the overhead of operations
  /// and the reads of the weights; with more, the keys and values read at every step exceed the
  /// caches.
  private static func groupSize(_ count: Int) -> Int { count > Threads.count ? 2 : 1 }

  /// Positions between progress reports.
  private static var progressInterval: Int { 96 }

  /// The sub-pixels of a group of pictures in raster order, `[pictures, sub-pixels]`.
  private func decodeGroup(
    _ inputs: Tensor<UInt8>, _ decoding: Decoding, firstImage: Int, _ report: (Int) -> Void
  ) throws -> Tensor<Int32> {
    let (batch, order, distribution) = (inputs.shape[0], decodeOrder, distribution)
    let group = distribution.valuesPerPosition
    let inputs = normalized(inputs)
    let enlarged = enlarged(inputs)
    let decoder = IncrementalDecoder(
      network, parameters: parameters,
      inputRows: network.inputEmbedding.indices(
        of: inputs, order: network.inputOrder.planePositions
      ).copied(to: parameters.device),
      alignedRows: alignedRows(enlarged, batch: batch))
    let bases = enlarged.map { inDecodeOrder($0, batch: batch).permuted([1, 0, 2]) }
    var pixels = [Int32](repeating: 0, count: batch * order.count * group)
    for (position, plane) in order.enumerated() {
      // The only read from the device; the rest is decided on the host.
      let output = decoder.output(at: position).copied(to: .cpu)
      guard output.withSpan(Self.areFinite) else { throw PredictionError.nonFiniteLogits }
      let decoded = distribution.decode(
        output, bases: bases?.flatSlice(from: position * batch, shape: [batch, 1]),
        decoding: decoding, pictures: firstImage..<(firstImage + batch), position: position)
      decoder.set(decoded.codes, at: position)
      decoded.values.withSpan { values in
        for index in values.indices {
          let (image, channel) = index.quotientAndRemainder(dividingBy: group)
          pixels[(image * order.count + plane) * group + channel] = values[index]
        }
      }
      if (position + 1) % Self.progressInterval == 0 { report(batch * Self.progressInterval) }
    }
    report(batch * (order.count % Self.progressInterval))
    return Tensor(pixels, shape: [batch, order.count * group])
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
    let pixels = values.map(UInt8.init)
    let size = targetLength * targetLength * channels
    return Tensor(
      normalization?.restored(pixels) ?? pixels,
      shape: [pixels.count / size, targetLength, targetLength, channels])
  }
}
