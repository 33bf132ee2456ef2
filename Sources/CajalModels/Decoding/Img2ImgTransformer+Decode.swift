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
  ///   - progress: called after every so many sub-pixels with the share that is done, on any
  ///     thread.
  /// - Returns: `[batch, img_len, img_len, channels]`.
  /// - Throws: ``HyperparameterError`` for a decoder that sees its own future, or a
  ///   ``normalization`` of other channels; ``PredictionError`` for a model whose weights or
  ///   predictions are not finite, or a temperature that makes no sense.
  public func decode(
    _ inputs: Tensor<UInt8>, decoding: Decoding = .default,
    progress: (@Sendable (Double) -> Void)? = nil
  ) throws -> Tensor<UInt8> {
    let count = inputs.shape[0]
    precondition(
      inputs.shape == [count, inputRows, inputColumns, channels],
      "inputs are \([count, inputRows, inputColumns, channels]), not \(inputs.shape)")
    guard normalization.map({ $0.channels == channels }) ?? true else {
      throw HyperparameterError(
        name: "num_channels",
        reason: "the model has \(channels) and its normalization \(normalization?.channels ?? 0)")
    }
    try decoding.validate()
    try checkWeights()
    if case .zeroTarget = decoding { return try zeroTargetPrediction(inputs) }
    guard hyperparameters.decAttentionType.isCausal else {
      throw HyperparameterError(
        name: "dec_attention_type",
        reason: """
          \(hyperparameters.decAttentionType.rawValue) lets a sub-pixel see the ones after it, so that \
          its model cannot decode one by one; train with local_2d or local_1d
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
    return restored(
      Tensor(parts.flatMap { $0 }, shape: [count, targetLength, targetLength, channels]))
  }

  /// How many of `count` pictures are decoded in step with each other. Two share what an operation costs
  /// and the reading of the weights; of more, the keys and values that are read at every step fall out of the
  /// caches.
  private static func groupSize(_ count: Int) -> Int { count > Threads.count ? 2 : 1 }

  /// Positions between two reports of progress.
  private static var progressInterval: Int { 96 }

  private func decodeGroup(
    _ inputs: Tensor<UInt8>, _ decoding: Decoding, firstImage: Int, _ report: (Int) -> Void
  ) throws -> [UInt8] {
    let batch = inputs.shape[0]
    let device = parameters.device
    let inputs = normalized(inputs)
    let bases = enlarged(inputs)
    let decoder = IncrementalDecoder(
      network, parameters: parameters,
      inputRows: network.inputEmbedding.indices(
        of: inputs, order: network.inputOrder.planePositions
      ).copied(to: device),
      alignedRows: alignedRows(bases, batch: batch))
    let positions = decodeOrder
    var pixels = [UInt8](repeating: 0, count: batch * positions.count)
    for (position, plane) in positions.enumerated() {
      let logits = decoder.logits(at: position)
      let chosen = try logits.scalars.withUnsafeBufferPointer { scalars in
        try Self.check(scalars)
        return (0..<batch).map { image in
          let width = logits.shape[1]
          let index = image * positions.count + plane
          let base = residualBase(bases, index)
          let row = UnsafeBufferPointer(
            rebasing: scalars[(image * width)..<((image + 1) * width)])
          let chosen = choose(
            row, decoding, base: base, image: firstImage + image, position: position)
          pixels[index] = pixel(row, decoding, chosen: chosen, base: base)
          return Int32(chosen)
        }
      }
      decoder.set(chosen, at: position)
      if (position + 1) % Self.progressInterval == 0 { report(batch * Self.progressInterval) }
    }
    report(batch * (positions.count % Self.progressInterval))
    return pixels
  }

  /// The class of one sub-pixel that the following ones are predicted from.
  private func choose(
    _ logits: UnsafeBufferPointer<Float>, _ decoding: Decoding, base: UInt8?, image: Int,
    position: Int
  ) -> UInt8 {
    let distribution = CategoricalDistribution(classes: logits.count)
    let mode = TargetClasses.mode(logits, base: base, isEnlarged: enlargesInputs)
    guard case .sample(let temperature, let seed) = decoding else { return mode }
    let key = RandomKey(seed: seed, stream: RandomStreams.sampling, step: UInt64(image))
    let word = Philox.block(key, UInt32(position / 4))[position % 4]
    return TargetClasses.withPossible(logits, mode: mode, base: base) { logits in
      UInt8(
        distribution.sample(logits, temperature: temperature, uniform: Philox.uniform(word)))
    }
  }

  /// The value of one sub-pixel of the picture; `chosen` is the most probable class where it is a
  /// mean.
  private func pixel(
    _ logits: UnsafeBufferPointer<Float>, _ decoding: Decoding, chosen: UInt8, base: UInt8?
  ) -> UInt8 {
    guard case .mean = decoding else { return TargetClasses.value(of: chosen, base: base) }
    let distribution = CategoricalDistribution(classes: logits.count)
    let mean = TargetClasses.withPossible(logits, mode: chosen, base: base) { logits in
      distribution.mean(logits) { Double(TargetClasses.value(of: UInt8($0), base: base)) }
    }
    return UInt8(max(0, min(255, mean.rounded())))
  }

  /// The most probable values of one pass over an all-zero target.
  private func zeroTargetPrediction(_ inputs: Tensor<UInt8>) throws -> Tensor<UInt8> {
    let zeros = Tensor<UInt8>(
      repeating: 0, shape: [inputs.shape[0], targetLength, targetLength, channels])
    let logits = self.logits(inputs: inputs, targets: zeros)
    let width = logits.shape[-1]
    let distribution = CategoricalDistribution(classes: width)
    let values = try logits.scalars.withUnsafeBufferPointer { scalars in
      try Self.check(scalars)
      return (0..<zeros.count).map { index in
        UInt8(
          distribution.mode(
            UnsafeBufferPointer(rebasing: scalars[(index * width)..<((index + 1) * width)])))
      }
    }
    return restored(Tensor(values, shape: zeros.shape))
  }

  /// Predictions of the network as pictures.
  private func restored(_ images: Tensor<UInt8>) -> Tensor<UInt8> {
    guard let normalization else { return images }
    return Tensor(normalization.restored(images.scalars), shape: images.shape)
  }

  /// The logits of every value of every sub-pixel given the true ones before it (teacher forcing):
  /// `[batch, img_len, img_len, channels, 256]`, indexed by value whatever the target coding, and by normalized
  /// value where there is a ``normalization``.
  public func logits(inputs: Tensor<UInt8>, targets: Tensor<UInt8>) -> Tensor<Float> {
    let pass = ForwardPass(tape: Tape(), parameters: parameters)
    let logits = network.logits(batch(inputs: inputs, targets: targets), pass).value
    return byValueInRasterOrder(logits, bases: enlarged(normalized(inputs)))
  }

  func byValueInRasterOrder(_ logits: Tensor<Float>, bases: [UInt8]?) -> Tensor<Float> {
    let source = logits.scalars
    let (batch, count, width) = (logits.shape[0], logits.shape[1], logits.shape[2])
    var result = [Float](repeating: 0, count: source.count)
    for image in 0..<batch {
      for (position, plane) in decodeOrder.enumerated() {
        let from = (image * count + position) * width
        let to = (image * count + plane) * width
        guard let base = residualBase(bases, image * count + plane) else {
          for index in 0..<width { result[to + index] = source[from + index] }
          continue
        }
        for index in 0..<width {
          let value = Int(TargetClasses.value(of: UInt8(index), base: base))
          result[to + value] = source[from + index]
        }
      }
    }
    return Tensor(result, shape: [batch, targetLength, targetLength, channels, width])
  }
}
