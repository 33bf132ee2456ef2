import CajalSupport
import CajalAutodiff
import CajalLayers
public import CajalTensor

extension Img2ImgTransformer {
  /// The distribution of a sub-pixel, or of a pixel with `likelihood=dmol`.
  public var distribution: any OutputDistribution {
    hyperparameters.distribution(inputRows: inputRows, inputColumns: inputColumns)
  }

  /// The codes of normalized targets in decoding order, `[batch, positions, valuesPerPosition]`.
  ///
  /// - Parameters:
  ///   - targets: `[batch, img_len, img_len, channels]`.
  ///   - enlarged: the rasters of ``enlarged(_:)``.
  func codesInDecodeOrder(_ targets: Tensor<UInt8>, enlarged: [UInt8]?) -> Tensor<Int32> {
    let batch = targets.shape[0]
    let values = inDecodeOrder(targets.scalars, batch: batch)
    let bases = enlarged.map { inDecodeOrder($0, batch: batch) }
    return distribution.codes(of: values, bases: bases)
  }

  /// The sub-pixels of rasters in decoding order, as values and bases of the distribution:
  /// `[batch, positions, valuesPerPosition]`.
  func inDecodeOrder(_ rasters: [UInt8], batch: Int) -> Tensor<Int32> {
    let (order, group) = (decodeOrder, network.valuesPerPosition)
    var values = [Int32](repeating: 0, count: batch * order.count * group)
    for start in stride(from: 0, to: values.count, by: order.count * group) {
      for (position, plane) in order.enumerated() {
        for value in 0..<group {
          values[start + position * group + value] = Int32(rasters[start + plane * group + value])
        }
      }
    }
    return Tensor(values, shape: [batch, order.count, group])
  }
}

extension Img2ImgHyperparameters {
  /// The distribution of a model for inputs of this size.
  func distribution(inputRows: Int, inputColumns: Int) -> any OutputDistribution {
    switch (likelihood, targetCoding) {
    case (.logisticMixture, _):
      LogisticMixtureDistribution.tensor2tensor(components: numMixtures, channels: numChannels)
    case (_, .value): CategoricalDistribution(classes: ChannelEmbedding.levels)
    case (_, .residual):
      ResidualDistribution(
        levels: ChannelEmbedding.levels, isEnlarged: inputRows < imgLen || inputColumns < imgLen)
    }
  }

  /// Columns of the decoder's plane: of sub-pixels, or of pixels with `likelihood=dmol`.
  var targetColumns: Int { likelihood == .logisticMixture ? imgLen : imgLen * numChannels }

  /// The number of network outputs per position. As any weight, the output layer does not depend
  /// on the size of the input.
  var outputWidth: Int { distribution(inputRows: imgLen, inputColumns: imgLen).width }
}

extension Img2ImgTransformer {
  /// The output at every position given the true values before it (teacher forcing), in raster
  /// order: `[batch, img_len, img_len, channels, width]`, and without the axis of channels with
  /// `likelihood=dmol`. See ``distribution`` for what it means.
  public func outputs(inputs: Tensor<UInt8>, targets: Tensor<UInt8>) -> Tensor<Float> {
    let pass = ForwardPass(tape: Tape(), parameters: parameters)
    let outputs = network.logits(batch(inputs: inputs, targets: targets), pass).value
    let (batch, width) = (outputs.shape[0], outputs.shape[2])
    let rows = (0..<batch).flatMap { image in
      network.order.inverse.map { Int32(image * decodeOrder.count + $0) }
    }
    let shape = [batch, targetLength, targetLength] + (network.isOfPixels ? [] : [channels])
    return outputs.reshaped([outputs.count / width, width])
      .gatheredRows(Tensor(rows, on: outputs.device), scale: 1)
      .reshaped(Shape(shape + [width]))
  }

  /// The logits of every value of every sub-pixel given the true ones before it (teacher forcing):
  /// `[batch, img_len, img_len, channels, 256]`, indexed by value whatever the target coding, and
  /// by normalized value where there is a ``normalization``.
  ///
  /// - Precondition: the likelihood is categorical.
  public func logits(inputs: Tensor<UInt8>, targets: Tensor<UInt8>) -> Tensor<Float> {
    let pass = ForwardPass(tape: Tape(), parameters: parameters)
    let logits = network.logits(batch(inputs: inputs, targets: targets), pass).value
    return byValueInRasterOrder(logits, enlarged: enlarged(normalized(inputs)))
  }

  /// Logits by code in decoding order, `[batch, positions, levels]`, as logits by value in raster
  /// order.
  func byValueInRasterOrder(_ logits: Tensor<Float>, enlarged: [UInt8]?) -> Tensor<Float> {
    let source = logits.scalars
    let (batch, count, width) = (logits.shape[0], logits.shape[1], logits.shape[2])
    let bases = enlarged.map { inDecodeOrder($0, batch: batch) }
    var result = [Float](repeating: 0, count: source.count)
    for image in 0..<batch {
      let values = valuesOfCodes(bases?.sliced(image..<(image + 1)), count: count)
      for (position, plane) in decodeOrder.enumerated() {
        let to = (image * count + plane) * width
        for code in 0..<width {
          result[to + Int(values[position * width + code])] =
            source[(image * count + position) * width + code]
        }
      }
    }
    return Tensor(result, shape: [batch, targetLength, targetLength, channels, width])
  }

  /// The value of every code at every position of one picture, `[positions, levels]`; `bases` are
  /// its own.
  private func valuesOfCodes(_ bases: Tensor<Int32>?, count: Int) -> [Int32] {
    let distribution = distribution
    require(
      distribution.valuesPerPosition == 1 && distribution.width == distribution.levels,
      "only an output of classes has a logit for each value")
    let shape: Shape = [count, distribution.levels, 1]
    let codes = (0..<count).flatMap { _ in 0..<Int32(distribution.levels) }
    return distribution.values(
      of: Tensor(codes, shape: shape),
      bases: bases.map { $0.reshaped([count, 1, 1]).broadcast(to: shape) }
    ).scalars
  }
}
