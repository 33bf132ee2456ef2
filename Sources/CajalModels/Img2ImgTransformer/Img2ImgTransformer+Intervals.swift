import CajalAutodiff
public import CajalImages
import CajalLayers
import CajalTensor

extension Img2ImgTransformer {
  /// The central credible intervals of each sub-pixel given the true ones before it (teacher
  /// forcing), in decoding order.
  ///
  /// - Throws: ``PictureSizeError`` when an input or a target has another size or other channels,
  ///   ``PredictionError`` when the model's output is not finite.
  public func credibleIntervals(
    _ probabilities: [Double], inputs: [Image], targets: [Image]
  ) throws -> PredictedIntervals? {
    guard let distribution = distribution as? any IntervalDistribution else { return nil }
    for input in inputs { try checkSize(input, channels: input.channels) }
    let size = [targetLength, targetLength, channels]
    for target in targets where [target.height, target.width, target.channels] != size {
      throw PictureSizeError(
        description: "a target has \(target.width)×\(target.height)×\(target.channels) values, "
          + "but the model predicts \(targetLength)×\(targetLength)×\(channels)")
    }
    let inputPixels = Tensor(
      inputs.flatMap(\.pixels), shape: [inputs.count, inputRows, inputColumns, channels])
    let targetPixels = Tensor(
      targets.flatMap(\.pixels), shape: [inputs.count, targetLength, targetLength, channels])
    let batch = batch(inputs: inputPixels, targets: targetPixels)
    let pass = ForwardPass(tape: Tape(), parameters: parameters)
    let output = network.logits(batch, pass).value.copied(to: .cpu)
    guard output.allFinite else { throw PredictionError.nonFiniteLogits }
    let bases = enlarged(normalized(inputPixels)).map { inDecodeOrder($0, batch: inputs.count) }
    let codes = batch.codes.copied(to: .cpu)
    return PredictedIntervals(
      values: distribution.values(of: codes, bases: bases),
      intervals: distribution.credibleIntervals(
        output, codes: codes, bases: bases, probabilities: probabilities))
  }
}
