import CajalAutodiff
public import CajalImages
import CajalLayers
import CajalTensor

extension RestorationModel {
  /// The central credible intervals of each sub-pixel given the true pixels before it (teacher
  /// forcing) and the true channels before it, row by row.
  ///
  /// - Throws: ``PictureSizeError`` when an input has other channels or a target another size,
  ///   ``PredictionError`` when the model's output is not finite.
  public func credibleIntervals(
    _ probabilities: [Double], inputs: [Image], targets: [Image]
  ) throws -> PredictedIntervals? {
    let batch = try batchMaker(inputs, targets)
    let pass = ForwardPass(tape: Tape(), parameters: parameters)
    let (picture, features) = network.trunk(
      inputs: batch.inputs, enlarged: batch.enlarged, pass)
    let known = CausalContext.Pictures(
      inputs: batch.inputs, predicted: picture.value, values: batch.targets)
    let shape = batch.targets.shape
    let count = batch.targets.count / channels
    let pixels = Pixels(
      Array(0..<Int32(count)), network, columns: shape[2], on: batch.targets.device)
    let output = network.output(
      pixels, features: network.pixelFeatures(features, pass), known: known, pass
    ).value.copied(to: .cpu)
    let location = picture.value.copied(to: .cpu).reshaped([count, channels])
    guard output.allFinite, location.allFinite else { throw PredictionError.nonFiniteLogits }
    let values = batch.values.reshaped([count, channels])
    return PredictedIntervals(
      values: values,
      intervals: probabilities.map { probability in
        let (lower, upper) = network.distribution.credibleInterval(
          output, probability: probability, location: location, given: values)
        return CredibleInterval(lower: lower, upper: upper)
      })
  }
}
