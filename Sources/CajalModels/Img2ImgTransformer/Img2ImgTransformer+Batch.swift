import CajalImages
public import CajalAutodiff
public import CajalLayers
public import CajalTensor

extension Img2ImgTransformer {
  /// The mean loss of a batch in nats per sub-pixel, on the tape of `pass`.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, input rows, input columns, channels]`.
  ///   - targets: `[batch, img_len, img_len, channels]`.
  ///   - pass: training (with label smoothing and dropout) when it has randomness, else evaluation.
  public func loss(inputs: Tensor<UInt8>, targets: Tensor<UInt8>, _ pass: ForwardPass) -> Variable {
    let batch = networkBatch(inputs: inputs, targets: targets)
    let smoothing = pass.randomness == nil ? 0 : hyperparameters.labelSmoothing
    return distribution.loss(
      network.logits(batch, pass), codes: batch.classes.reshaped(batch.classes.shape.appending(1)),
      smoothing: smoothing)
  }

  /// The pictures as the network reads them.
  func networkBatch(inputs: Tensor<UInt8>, targets: Tensor<UInt8>) -> NetworkBatch {
    let batch = inputs.shape[0]
    precondition(
      inputs.shape == [batch, inputRows, inputColumns, channels],
      "inputs are \([batch, inputRows, inputColumns, channels]), not \(inputs.shape)")
    precondition(
      targets.shape == [batch, targetLength, targetLength, channels],
      "targets are \([batch, targetLength, targetLength, channels]), not \(targets.shape)")
    let device = parameters.device
    let inputs = normalized(inputs)
    let bases = enlarged(inputs)
    let classes = codesInDecodeOrder(normalized(targets), enlarged: bases)
    return NetworkBatch(
      inputRows: network.inputEmbedding.indices(
        of: inputs, order: network.inputOrder.planePositions
      ).copied(to: device),
      alignedRows: alignedRows(bases, batch: batch)?.copied(to: device),
      classes: classes.copied(to: device))
  }

  /// The pictures as the network sees them.
  func normalized(_ images: Tensor<UInt8>) -> Tensor<UInt8> {
    guard let normalization else { return images }
    precondition(
      normalization.channels == channels,
      "a model of \(channels) channels needs a normalization of as many")
    return Tensor(normalization.normalized(images.scalars), shape: images.shape)
  }

  /// The normalized inputs enlarged bicubically to the targets' size, raster after raster; `nil` where the model does
  /// not use them.
  func enlarged(_ inputs: Tensor<UInt8>) -> [UInt8]? {
    guard hyperparameters.conditioning == .aligned else { return nil }
    let scalars = inputs.scalars
    let size = inputRows * inputColumns * channels
    var enlarged: [UInt8] = []
    for start in stride(from: 0, to: scalars.count, by: size) {
      let image = Image(
        width: inputColumns, height: inputRows, channels: channels,
        pixels: Array(scalars[start..<(start + size)]))
      enlarged += image.resized(width: targetLength, height: targetLength, filter: .bicubic).pixels
    }
    return enlarged
  }

  func alignedRows(_ bases: [UInt8]?, batch: Int) -> Tensor<Int32>? {
    guard let bases, let embedding = network.alignedEmbedding else { return nil }
    let enlarged = Tensor(bases, shape: [batch, targetLength, targetLength, channels])
    return embedding.indices(of: enlarged, order: network.order.planePositions)
  }
}
