import CajalAutodiff
import CajalImages
import CajalLayers
import CajalTensor
import CajalTraining
import Testing

@testable import CajalModels

/// The losses of a restoration model in evaluation and training, and their gradients.
@Suite struct RestorationLossTests {
  private static let trunks = RestorationHyperparameters.Trunk.allCases
  private static let key = RandomKey(seed: 5, stream: 0, step: 1)

  @Test(arguments: RestorationCase.all) func evaluationTakesTheMeanOfAllPixels(
    kind: RestorationCase
  ) throws {
    let model = try smallRestoration(kind)
    let examples = randomExamples(model, 2, width: 3, height: 2)
    let batch = try model.batchMaker(examples.inputs, examples.targets)
    let (output, location) = try model.outputs(examples.inputs, examples.targets)
    let values = batch.values.reshaped(location.shape)
    let distribution = model.network.distribution
    let losses = distribution.losses(output, values: values, location: location).scalars
    #expect(losses.count == 2 * 6 * kind.ratio * kind.ratio)
    let mean = losses.reduce(0) { $0 + Double($1) } / Double(losses.count * kind.channels)
    #expect(abs(model.evaluationLoss(batch) - mean) < 1e-5 * mean)
    let alone = try (0..<2).map {
      model.evaluationLoss(try model.batchMaker([examples.inputs[$0]], [examples.targets[$0]]))
    }
    #expect(abs((alone[0] + alone[1]) / 2 - mean) < 1e-5 * mean)
  }

  @Test func trainingLooksAtRandomPixels() throws {
    let model = try smallRestoration()
    let examples = randomExamples(model, 2, width: 3, height: 2)
    let batch = try model.batchMaker(examples.inputs, examples.targets)
    func loss(_ key: RandomKey) -> Float {
      let pass = ForwardPass(tape: Tape(), parameters: model.parameters, randomness: key)
      return model.loss(batch, objective: .loss, pass).value.scalar
    }
    #expect(loss(Self.key) == loss(Self.key))
    #expect(loss(Self.key) != loss(RandomKey(seed: 5, stream: 0, step: 2)))
  }

  /// Of what a pixel knows, changed neighbors change the window alone: what is left of a block's mean
  /// stays exact.
  @Test(arguments: RestorationCase.all) func changedNeighborsAreSeenInTheWindow(
    kind: RestorationCase
  ) throws {
    let model = try smallRestoration(kind)
    let examples = randomExamples(model, 1, width: 3, height: 2)
    let batch = try model.batchMaker(examples.inputs, examples.targets)
    let predicted = batch.enlarged
    var pictures = CausalContext.Pictures(
      inputs: batch.inputs, predicted: predicted, values: batch.targets)
    let pixels = Tensor((0..<Int32(6 * kind.ratio * kind.ratio)).map { $0 })
    let context = model.network.context
    let exact = context.rows(of: pictures, at: pixels)
    pictures.shown = batch.targets
    #expect(context.rows(of: pictures, at: pixels) == exact)
    pictures.shown = predicted
    let shown = context.rows(of: pictures, at: pixels)
    // The window: 24 residuals of each channel, all 0 now, and which of its pixels there are.
    let residuals = 24 * kind.channels
    #expect(shown[..., 0..<residuals].abs().max().scalar == 0)
    #expect(exact[..., 0..<residuals].abs().max().scalar > 0)
    #expect(shown[..., residuals..<context.width] == exact[..., residuals..<context.width])
  }

  @Test func contextNoiseIsForTrainingAlone() throws {
    func losses(_ noise: Float) throws -> (evaluation: Double, training: Float) {
      let model = try smallRestoration { $0.contextNoise = noise }
      let examples = randomExamples(model, 2, width: 3, height: 2)
      let batch = try model.batchMaker(examples.inputs, examples.targets)
      let pass = ForwardPass(tape: Tape(), parameters: model.parameters, randomness: Self.key)
      return (
        model.evaluationLoss(batch), model.loss(batch, objective: .loss, pass).value.scalar
      )
    }
    let (off, some, all) = (try losses(0), try losses(0.3), try losses(1))
    #expect(off.evaluation == some.evaluation && off.evaluation == all.evaluation)
    #expect(Set([off.training, some.training, all.training]).count == 3)
  }

  /// The gradient of every parameter of a group, against a difference of the fourth order along its
  /// own direction: there the slope is the gradient's norm.
  private func check(
    _ model: RestorationModel, group: String, _ randomness: RandomKey?, step h: Double,
    leavingOut isLeftOut: (Parameter) -> Bool = { _ in false }
  ) throws {
    let examples = randomExamples(model, 1, width: 3, height: 3)
    let batch = try model.batchMaker(examples.inputs, examples.targets)
    func loss(_ parameters: ParameterValues, _ tape: Tape) -> Variable {
      model.loss(
        batch, objective: .loss,
        ForwardPass(tape: tape, parameters: parameters, randomness: randomness))
    }
    let sums = try ParameterGradients(for: model.layout)
    let tape = Tape(parameterGradients: sums)
    tape.backward(from: loss(model.parameters, tape))
    let number = try #require(model.layout.index(ofGroup: group))
    let gradient = try #require(sums.values[number]).scalars
    let start = model.parameters.buffers[number].scalars
    for parameter in model.layout.groups[number].parameters where !isLeftOut(parameter) {
      let norm = gradient[parameter.range].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard norm > 0 else { continue }
      func lossAt(_ step: Double) -> Double {
        var moved = start
        for index in parameter.range {
          moved[index] += Float(step * Double(gradient[index]) / norm)
        }
        var parameters = model.parameters
        parameters.buffers[number] = Tensor(moved)
        return Double(loss(parameters, Tape()).value.scalar)
      }
      let slope = (8 * (lossAt(h) - lossAt(-h)) - (lossAt(2 * h) - lossAt(-2 * h))) / (12 * h)
      // A loss near 8 is rounded to 5e-7, which the step divides; the corners of ReLU and absolute
      // error take up to a few percent.
      #expect(abs(slope - norm) < 0.05 * norm + 2e-6 / h, "\(parameter.path): \(slope), \(norm)")
    }
  }

  /// The nats' gradients by the head's weights.
  @Test(arguments: RestorationCase.all) func gradientsOfTheHead(kind: RestorationCase) throws {
    try check(try smallRestoration(kind), group: "head", nil, step: 0x1p-8)
  }

  /// The nats' gradients by the trunk's weights, through its features alone: the predicted picture
  /// is a constant to the head. Without a difference from the enlarged input it is one.
  @Test(arguments: trunks) func gradientsOfTheTrunkByNats(
    trunk: RestorationHyperparameters.Trunk
  ) throws {
    var model = try smallRestoration(trunk: trunk)
    let number = try #require(model.layout.index(ofGroup: "trunk"))
    var weights = model.parameters.buffers[number].scalars
    let isDifference = { (parameter: Parameter) in parameter.path.contains("difference") }
    for parameter in model.layout.groups[number].parameters where isDifference(parameter) {
      for index in parameter.range { weights[index] = 0 }
    }
    model.parameters.buffers[number] = Tensor(weights)
    try check(model, group: "trunk", nil, step: 0x1p-8, leavingOut: isDifference)
  }

  /// The absolute error's gradients by the trunk's weights.
  @Test(arguments: trunks) func gradientsOfTheTrunkByError(
    trunk: RestorationHyperparameters.Trunk
  ) throws {
    let model = try smallRestoration(trunk: trunk) { $0.natsWeight = 0 }
    try check(model, group: "trunk", Self.key, step: 0x1p-10)
  }

  @Test(arguments: trunks) func stepsOnOneBatchLowerTheLoss(
    trunk: RestorationHyperparameters.Trunk
  ) throws {
    var model = try smallRestoration(RestorationCase(ratio: 2), trunk: trunk, noise: 0)
    let inputs = randomPictures(2, width: 6, height: 4, channels: 3, seed: 4)
    let targets = inputs.map { $0.resized(width: 12, height: 8, filter: .nearest) }
    let batch = try model.batchMaker(inputs, targets)
    func loss(_ pass: ForwardPass) -> Variable { model.loss(batch, objective: .loss, pass) }
    func trainingLoss() -> Float {
      loss(ForwardPass(tape: Tape(), parameters: model.parameters, randomness: Self.key))
        .value.scalar
    }
    let (before, natsBefore) = (trainingLoss(), model.evaluationLoss(batch))
    for _ in 0..<60 {
      let sums = try ParameterGradients(for: model.layout)
      let tape = Tape(parameterGradients: sums)
      tape.backward(
        from: loss(ForwardPass(tape: tape, parameters: model.parameters, randomness: Self.key)))
      for group in model.parameters.buffers.indices {
        guard let gradient = sums.values[group] else { continue }
        let norm = (gradient * gradient).sum().sqrt().scalar
        model.parameters.buffers[group].add(gradient, scale: -0.05 / max(norm, 1))
      }
    }
    #expect(trainingLoss() < 0.9 * before)
    #expect(model.evaluationLoss(batch) < natsBefore)
  }
}
