import CajalSupport
package import CajalAutodiff
package import CajalLayers
import CajalTensor

// The parts of the likelihood's loss, which are also timed one by one.
extension RestorationModel {
  /// What the trunk makes of a batch.
  package struct Predicted {
    /// The picture, `[batch, rows, columns, channels]`, not rounded or clamped.
    package let picture: Variable
    /// The features, `[batch, input rows, input columns, features]`.
    package let features: Variable

    package init(picture: Variable, features: Variable) {
      self.picture = picture
      self.features = features
    }
  }

  /// The trunk's picture and features of a batch.
  package func predict(_ batch: RestorationBatch, _ pass: ForwardPass) -> Predicted {
    let (picture, features) = network.trunk(
      inputs: batch.inputs, enlarged: batch.enlarged, pass)
    return Predicted(picture: picture, features: features)
  }

  /// The mean absolute error of the trunk's picture.
  package func absoluteError(_ predicted: Predicted, _ batch: RestorationBatch) -> Variable {
    (predicted.picture - predicted.picture.tape.constant(batch.targets)).abs().mean()
  }

  /// The mean nats per sub-pixel of random pixels, which the pass's randomness chooses. Traps for
  /// a pass without randomness.
  package func natsOfRandomPixels(
    _ predicted: Predicted, _ batch: RestorationBatch, _ pass: ForwardPass
  ) -> Variable {
    guard let randomness = pass.randomness else {
      requirementFailure("random pixels are chosen in training only")
    }
    let chosen = Tensor<Int32>(
      randomBelow: predicted.picture.value.count / channels,
      shape: [batch.inputs.shape[0] * hyperparameters.pixelsPerPicture],
      key: RandomKey(
        seed: randomness.seed, stream: RandomStreams.pixels, step: randomness.step))
    return nats(of: chosen.scalars, predicted, batch, pass)
  }

  /// The mean nats per sub-pixel of some pixels. The trunk's picture is a constant to the head.
  func nats(
    of numbers: [Int32], _ predicted: Predicted, _ batch: RestorationBatch, _ pass: ForwardPass
  ) -> Variable {
    let picture = predicted.picture.value
    let known = CausalContext.Pictures(
      inputs: batch.inputs, predicted: picture, values: batch.targets,
      shown: pass.randomness.flatMap { shown(of: batch.targets, picture, $0) })
    let pixels = Pixels(
      numbers, network, columns: predicted.picture.shape[2], on: batch.targets.device)
    let output = network.output(
      pixels, features: network.pixelFeatures(predicted.features, pass), known: known, pass)
    let values = batch.values.reshaped([batch.values.count / channels, channels])
    return network.distribution.loss(
      output, values: values.gather(pixels.hostNumbers).copied(to: output.value.device),
      location: known.predicted(at: pixels.numbers))
  }

  /// What pixels see of the targets before them in training: some with their residual from the
  /// trunk's picture reversed and half as large again; `nil` without
  /// ``RestorationHyperparameters/contextNoise``.
  private func shown(
    of targets: Tensor<Float>, _ picture: Tensor<Float>, _ randomness: RandomKey
  ) -> Tensor<Float>? {
    let share = hyperparameters.contextNoise
    guard share > 0 else { return nil }
    let (shape, device) = (picture.shape, picture.device)
    let ones = Tensor<Float>(
      repeating: 1, shape: [shape[0], shape[1], shape[2], 1], on: device)
    let key = RandomKey(
      seed: randomness.seed, stream: RandomStreams.contextNoise, step: randomness.step)
    // Dropout leaves 1 / share of a share of them, and nothing of the others.
    let changed = Tape().constant(ones).dropout(DropoutKey(key, rate: 1 - share)).value
    let factor = changed.scaled(by: (Self.shownResidual - 1) * share, plus: 1)
    return (picture + (targets - picture) * factor).clamped(to: 0...255)
  }

  /// What the residual of a changed pixel is multiplied with.
  private static let shownResidual: Float = -1.5
}
