import CajalSupport
import CajalTraining
import CajalImages
public import CajalAutodiff
public import CajalLayers
public import CajalTensor

/// A batch of pictures prepared for an ``Img2ImgTransformer``, on the model's device.
public struct Img2ImgBatch: Sendable {
  /// The layers, with attention plans for inputs of this size.
  let network: Network
  /// Rows of the input embedding's table, `[batch, input positions]`.
  let inputRows: Tensor<Int32>
  /// Rows of the aligned embedding's table, `[batch, positions]`, where the network has one.
  let alignedRows: Tensor<Int32>?
  /// For each table of earlier sub-pixels its rows, `[batch, positions]`; -1 where there is none.
  let neighborRows: [Tensor<Int32>]
  /// The codes of the target in decoding order, `[batch, positions, values per position]`.
  let codes: Tensor<Int32>
  /// The scaled values of the target's pixels, in the codes' shape, where the network embeds those.
  let pixels: Tensor<Float>?
}

extension Img2ImgTransformer {
  /// The mean loss of a batch in nats per sub-pixel, on the tape of `pass`.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, input rows, input columns, channels]`.
  ///   - targets: `[batch, img_len, img_len, channels]`.
  ///   - pass: training (with label smoothing and dropout) when it has randomness, else evaluation.
  public func loss(inputs: Tensor<UInt8>, targets: Tensor<UInt8>, _ pass: ForwardPass) -> Variable {
    loss(batch(inputs: inputs, targets: targets), objective: .loss, pass)
  }

  /// The pictures prepared for the network; see ``loss(inputs:targets:_:)`` for the shapes.
  public func batch(inputs: Tensor<UInt8>, targets: Tensor<UInt8>) -> Img2ImgBatch {
    let batch = inputs.shape[0]
    require(
      inputs.shape == [batch, inputRows, inputColumns, channels],
      "inputs are \([batch, inputRows, inputColumns, channels]), not \(inputs.shape)")
    require(
      targets.shape == [batch, targetLength, targetLength, channels],
      "targets are \([batch, targetLength, targetLength, channels]), not \(targets.shape)")
    let device = parameters.device
    let inputs = normalized(inputs)
    let bases = enlarged(inputs)
    let codes = codesInDecodeOrder(normalized(targets), enlarged: bases)
    func onDevice(_ rows: [Int32]) -> Tensor<Int32> {
      Tensor(rows, shape: [batch, network.order.count], on: device)
    }
    return Img2ImgBatch(
      network: network,
      inputRows: network.inputEmbedding.indices(
        of: inputs, order: network.inputOrder.planePositions
      ).copied(to: device),
      alignedRows: alignedRows(bases, batch: batch)?.copied(to: device),
      neighborRows: network.neighborRows(of: codes.scalars).map(onDevice),
      codes: codes.copied(to: device),
      pixels: network.isOfPixels ? PixelEmbedding.scaled(codes).copied(to: device) : nil)
  }

  /// The pictures as the network reads them.
  func normalized(_ images: Tensor<UInt8>) -> Tensor<UInt8> {
    guard let normalization else { return images }
    require(
      normalization.channels == channels,
      "a model of \(channels) channels needs a normalization of as many")
    return Tensor(normalization.normalized(images.scalars), shape: images.shape)
  }

  /// The normalized inputs enlarged bicubically to the targets' size, raster after raster; `nil`
  /// where the model does not use them.
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
