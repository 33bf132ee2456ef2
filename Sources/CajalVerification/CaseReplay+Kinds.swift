import CajalAutodiff
import CajalLayers
import CajalModels
import CajalOptimizers
import CajalTensor

extension CaseReplay {
  /// One pass: logits, loss and the gradient of every variable.
  func forward() throws -> [CaseResult.Check] {
    let targets = try givenTargets()
    let (loss, gradients) = try lossAndGradients(model, targets)
    var checks = [
      CaseResult.Check(
        quantity: "loss", error: Self.relativeError(loss, try expectedScalar("loss")),
        tolerance: Tolerance.loss)
    ]
    let logits = logits(targets)
    let name = file.contains("logits") ? "logits" : "logits_strided"
    let expected = try file.tensor(name, as: Float.self)
    let stride = name == "logits" ? 1 : sidecar.logitsStride ?? 1
    checks.append(
      CaseResult.Check(
        quantity: "logits",
        error: Self.relativeError(Self.rows(logits, every: stride), expected.scalars),
        tolerance: Tolerance.logits))
    return try checks + gradientChecks(gradients)
  }

  /// What the original calls logits: the parameters of a mixture, where the likelihood is one.
  private func logits(_ targets: Tensor<UInt8>) -> Tensor<Float> {
    model.hyperparameters.likelihood == .logisticMixture
      ? model.outputs(inputs: inputs, targets: targets)
      : model.logits(inputs: inputs, targets: targets)
  }

  private func gradientChecks(_ gradients: ParameterGradients) throws -> [CaseResult.Check] {
    let norms = try sidecar.gradNormsOrder.map { names in
      Dictionary(
        zip(names, try file.tensor("grad_norms", as: Float.self).scalars),
        uniquingKeysWith: { first, _ in first })
    }
    return try model.layout.parameters.map { parameter in
      let actual = gradients[parameter].scalars
      let name = "\(root)/\(parameter.path)"
      let error: Double
      if let norms {
        guard let norm = norms[name] else {
          throw FixtureError(description: "\(file.path) has no gradient norm of \(name)")
        }
        let own = actual.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        error = Self.relativeError(own, Double(norm))
      } else {
        error = Self.relativeError(
          actual, try file.tensor("grad/\(name)", as: Float.self).scalars)
      }
      return CaseResult.Check(
        quantity: "gradient \(parameter.path)", error: error, tolerance: Tolerance.gradient)
    }
  }

  /// Several steps of the optimizer on one batch: every loss and the weights at the end.
  func trajectory() throws -> [CaseResult.Check] {
    let targets = try givenTargets()
    let losses = try file.tensor("losses", as: Float.self).scalars
    var model = model
    var state = try OptimizerState(
      model.hyperparameters.optimizer(steps: losses.count), for: model.layout.groups[0],
      on: model.parameters.device)
    var checks: [CaseResult.Check] = []
    for (step, expected) in losses.enumerated() {
      let (loss, gradients) = try lossAndGradients(model, targets)
      checks.append(
        CaseResult.Check(
          quantity: "loss of step \(step)", error: Self.relativeError(loss, Double(expected)),
          tolerance: Tolerance.loss))
      guard let gradients = gradients.values[0] else { continue }
      _ = state.update(parameters: &model.parameters.buffers[0], gradients: gradients)
    }
    for parameter in model.layout.parameters {
      let expected = try Self.tensor(
        "final/\(root)/\(parameter.path)", parameter.shape, in: file,
        on: model.parameters.device)
      let actual = model.parameters[parameter]
      checks.append(
        CaseResult.Check(
          quantity: "weights \(parameter.path)",
          error: Self.relativeError(actual.scalars, expected.scalars),
          tolerance: Tolerance.trainedWeights))
    }
    return checks
  }

  /// Greedy decoding: every pixel, and logits on the way.
  func decoding() throws -> [CaseResult.Check] {
    let expected = try file.tensor("decoded", as: UInt8.self)
    let decoded = try model.decode(inputs, decoding: .greedy)
    let wrong = zip(decoded.scalars, expected.scalars).count { $0 != $1 }
    var checks = [
      CaseResult.Check(
        quantity: "pixels", error: Double(wrong) / Double(max(expected.count, 1)), tolerance: 0)
    ]
    if let stride = sidecar.stepLogitsStride, file.contains("step_logits_strided") {
      let logits = logits(expected)
      let steps = try file.tensor("step_logits_strided", as: Float.self)
      checks.append(
        CaseResult.Check(
          quantity: "logits",
          error: Self.relativeError(inDecodeOrder(logits, every: stride), steps.scalars),
          tolerance: Tolerance.logits))
    }
    return checks
  }

  private func inDecodeOrder(_ logits: Tensor<Float>, every stride: Int) -> [Float] {
    let width = logits.shape[-1]
    let scalars = logits.scalars
    let order = model.decodeOrder
    return (0..<logits.shape[0]).flatMap { image in
      Swift.stride(from: 0, to: order.count, by: stride).flatMap { step in
        let start = (image * order.count + order[step]) * width
        return scalars[start..<(start + width)]
      }
    }
  }

  private func lossAndGradients(_ model: Img2ImgTransformer, _ targets: Tensor<UInt8>) throws -> (
    Double, ParameterGradients
  ) {
    let sums = try ParameterGradients(for: model.layout, on: model.parameters.device)
    let tape = Tape(parameterGradients: sums)
    let randomness = sidecar.mode == "train" ? RandomKey(seed: 0, stream: 0) : nil
    let pass = ForwardPass(tape: tape, parameters: model.parameters, randomness: randomness)
    let loss = model.loss(inputs: inputs, targets: targets, pass)
    tape.backward(from: loss)
    return (Double(loss.value.scalar), sums)
  }

  private func expectedScalar(_ name: String) throws -> Double {
    let value = try file.tensor(name, as: Float.self)
    guard value.count == 1 else {
      throw FixtureError(description: "\(file.path): \(name) is \(value.shape), not one number")
    }
    return Double(value.scalar)
  }
}
