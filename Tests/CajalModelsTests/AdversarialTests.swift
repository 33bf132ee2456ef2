import CajalAutodiff
import CajalImages
import CajalLayers
import CajalTensor
import CajalTraining
import TestBackends
import Testing

@testable import CajalModels

/// The two objectives of adversarial fine-tuning, and the pictures that it makes.
@Suite struct AdversarialTests {
  private static let objectives = [
    RestorationModel.Purpose.crisp, RestorationModel.Purpose.discriminator,
  ]

  /// A tiny model whose copy of the trunk is not the trunk any more.
  private func model(
    adversarialWeight: Float = 0.5, code: Int = 0,
    trunk: RestorationHyperparameters.Trunk = .convolutions, on device: Device = .cpu
  ) throws -> RestorationModel {
    let hyperparameters = RestorationHyperparameters.small.with {
      $0.trunk = trunk
      $0.trunkWidth = trunk == .convolutions ? 6 : 4
      $0.trunkBlocks = 1
      $0.headWidth = 8
      $0.headLayers = 1
      $0.headFeatures = 4
      $0.adversarialWeight = adversarialWeight
      $0.adversarialCode = code
      $0.adversarialCodeWeight = 1
    }
    var model = try RestorationModel(
      .init(hyperparameters: hyperparameters, ratio: 2, channels: 1), seed: 4, on: device)
    for (path, deviation) in [("difference", 0.3), ("code", 1)] as [(String, Float)] {
      guard let kernel = model.layout["crisp/\(path)/kernel"] else { continue }
      let values = Tensor<Float>(
        randomNormal: kernel.shape, mean: 0, standardDeviation: deviation,
        key: RandomKey(seed: 8, stream: 77))
      model.parameters.buffers[kernel.group].write(values.copied(to: device), at: kernel.offset)
    }
    return model
  }

  private func pictures(_ side: Int, seed: UInt64) -> [Image] {
    (0..<2).map { number in
      Image(
        width: side, height: side, channels: 1,
        pixels: randomPixels([side, side], seed: seed + UInt64(number)).scalars)
    }
  }

  private func batch(_ model: RestorationModel) throws -> RestorationBatch {
    try model.batchMaker(pictures(4, seed: 1), pictures(8, seed: 5))
  }

  private func loss(
    _ model: RestorationModel, _ batch: RestorationBatch, _ objective: Objective,
    _ gradients: ParameterGradients? = nil
  ) -> Variable {
    let pass = ForwardPass(
      tape: Tape(parameterGradients: gradients), parameters: model.parameters,
      randomness: RandomKey(seed: 1, stream: 0))
    return model.loss(batch, objective: objective, pass)
  }

  /// The slope of each parameter's gradient, against differences of the loss along it.
  @Test(arguments: objectives, [0, 2]) func gradientsAreSlopes(
    objective: Objective, code: Int
  ) throws {
    let model = try model(code: code)
    let batch = try batch(model)
    let gradients = try ParameterGradients(for: model.layout, groups: objective.groups)
    let result = loss(model, batch, objective, gradients)
    result.tape.backward(from: result)
    for parameter in model.layout.parameters where gradients.values[parameter.group] != nil {
      let gradient = gradients[parameter]
      let norm = (gradient * gradient).sum().sqrt().scalar
      // A constant added to all judgements leaves their differences unchanged.
      guard parameter.path != "discriminator/output/bias" else {
        #expect(norm < 1e-5)
        continue
      }
      #expect(norm > 1e-4, "\(parameter.path)")
      let step = min(0x1p-7, 0.01 / norm)
      let losses = [-2, -1, 1, 2].map { (steps: Float) -> Double in
        var moved = model
        moved.parameters.buffers[parameter.group].write(
          model.parameters[parameter] + gradient * (steps * step / norm), at: parameter.offset)
        return Double(loss(moved, batch, objective).value.scalar)
      }
      let slope = (losses[0] - 8 * losses[1] + 8 * losses[2] - losses[3]) / Double(12 * step)
      // Rounding of the losses, and kinks of leaky ReLU and absolute error on the way.
      let tolerance = 0.02 * slope + 2e-6 / Double(step)
      #expect(abs(slope - Double(norm)) < tolerance, "\(parameter.path): \(slope), \(norm)")
    }
  }

  /// The group of an objective gets the same gradient whether or not others are wanted, and trunk
  /// and head get none.
  @Test(arguments: objectives, [0, 2]) func onlyTheGroupOfTheObjectiveIsTrained(
    objective: Objective, code: Int
  ) throws {
    let model = try model(code: code)
    let batch = try batch(model)
    func gradients(_ groups: Set<String>?) throws -> [Tensor<Float>?] {
      let gradients = try ParameterGradients(for: model.layout, groups: groups)
      let result = loss(model, batch, objective, gradients)
      result.tape.backward(from: result)
      return gradients.values
    }
    let (own, all) = (try gradients(objective.groups), try gradients(nil))
    for (index, group) in model.layout.groups.enumerated() {
      if objective.groups?.contains(group.name) == true {
        #expect(own[index] == all[index])
      } else {
        #expect(own[index] == nil)
      }
      if group.name == "trunk" || group.name == "head" {
        #expect(all[index]?.scalars.allSatisfy { $0 == 0 } == true)
      }
    }
  }

  /// Compared with LAPACK.
  @Test(arguments: [
    [3, 3, 6, 48], [4, 4, 48, 48], [3, 3, 48, 96], [4, 4, 96, 96], [1, 1, 96, 1],
  ])
  func kernelsHaveANormOfOne(shape: [Int]) throws {
    let kernel = Tensor<Float>(
      randomUniform: Shape(shape), low: -0.2, high: 0.2, key: RandomKey(seed: 3, stream: 77))
    let normalized = Tape().constant(kernel).spectrallyNormalized().value
    let matrix = normalized.reshaped([kernel.count / shape[3], shape[3]])
    let largest = try matrix.svd().singularValues.scalars[0]
    #expect(abs(largest - 1) < 0.02, "\(largest)")
    let (zeros, tape) = (Tensor<Float>(repeating: 0, shape: [1, 1, 2, 3]), Tape())
    #expect(tape.constant(zeros).spectrallyNormalized().value == zeros)
  }

  /// The largest singular value is well above the others, so that its vectors are exact.
  @Test func normalizationIsDifferentiated() {
    let noise = Tensor<Float>(randomNormal: [2, 2, 3, 4], key: RandomKey(seed: 6, stream: 77))
    let kernel = noise.scaled(by: 0.5, plus: 1)
    let check = GradientCheck(of: [kernel], step: 0x1p-6) { $0[0].spectrallyNormalized() }
    #expect(check.largestError < 1e-3, "\(check.largestError)")
  }

  @Test(arguments: objectives, [0, 2]) func aLossReadsNothing(
    objective: Objective, code: Int
  ) throws {
    let backend = LateBackend()
    let model = try model(code: code, on: Device(backend))
    let batch = try batch(model)
    let gradients = try ParameterGradients(
      for: model.layout, groups: objective.groups, on: Device(backend))
    let before = backend.roundTrips
    let result = loss(model, batch, objective, gradients)
    result.tape.backward(from: result)
    #expect(backend.roundTrips == before)
    let onProcessor = try self.model(code: code)
    let expected = loss(onProcessor, try self.batch(onProcessor), objective)
    #expect(result.value.scalar == expected.value.scalar)
  }

  @Test func crispIsThePictureOfTheCopy() throws {
    var model = try model()
    #expect(
      model.decodings.map(\.name) == [
        "one-pass", "self-ensemble", "crisp", "sample", "greedy", "mean",
      ])
    #expect(model.defaultDecoding == .onePass)
    let inputs = pictures(4, seed: 1)
    let onePass = try model.predict(inputs)
    #expect(try model.predict(inputs, decoding: .crisp(), progress: nil) != onePass)
    let groups = try ["trunk", "crisp"].map { try #require(model.layout.index(ofGroup: $0)) }
    model.parameters.buffers[groups[1]] = model.parameters.buffers[groups[0]]
    #expect(try model.predict(inputs, decoding: .crisp(), progress: nil) == onePass)
  }

  @Test func crispnessMixesWithTheOnePassPicture() throws {
    let model = try model()
    let inputs = pictures(4, seed: 1)
    func picture(_ decoding: Decoding) throws -> [Int] {
      try model.predict(inputs, decoding: decoding, progress: nil).flatMap(\.pixels).map { Int($0) }
    }
    let (onePass, crisp) = (try picture(.onePass), try picture(.crisp()))
    #expect(try picture(.crisp(crispness: 0)) == onePass)
    #expect(try picture(.crisp(crispness: 1)) == crisp)
    let half = try picture(.crisp(crispness: 0.5))
    #expect(half != onePass && half != crisp)
    for (half, (first, second)) in zip(half, zip(onePass, crisp)) {
      // All three are rounded, and clipped ends count as well.
      #expect(half >= min(first, second) && half <= max(first, second))
      if first > 0 && second > 0 && first < 255 && second < 255 {
        #expect(abs(2 * half - first - second) <= 2)
      }
    }
    for wrong in [-0.1, 1.5, .nan] as [Float] {
      #expect(throws: PredictionError.self) { try picture(.crisp(crispness: wrong)) }
    }
  }

  @Test func aModelWithoutItSaysHowToGetIt() throws {
    let model = try model(adversarialWeight: 0)
    let error = #expect(throws: PredictionError.self) {
      try model.predict(pictures(4, seed: 1), decoding: .crisp(), progress: nil)
    }
    #expect(
      error?.description == """
        the decoding crisp is not one of restoration, which has one-pass, self-ensemble, sample, \
        greedy, mean; fine-tune it for that with cajal train --initialize-from RUN --adversarial 0.02
        """)
  }
}
