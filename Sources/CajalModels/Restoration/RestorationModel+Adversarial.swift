public import CajalAutodiff
import CajalLayers
import CajalTensor
public import CajalTraining

// Adversarial fine-tuning: a copy of the trunk, which starts as the trunk is, against a
// discriminator, by the relativistic average loss (Jolicoeur-Martineau 2019).

extension RestorationModel {
  /// The objectives of adversarial fine-tuning.
  enum Purpose {
    static let crisp = Objective("crisp", groups: ["crisp"])
    static let discriminator = Objective("discriminator", groups: ["discriminator"])
  }

  /// One loss; in adversarial fine-tuning first that of the copy of the trunk, then the
  /// discriminator's.
  public var objectives: [Objective] {
    network.crisp == nil ? [.loss] : [Purpose.crisp, Purpose.discriminator]
  }

  /// The parameter of a run's model with which one of this model begins: in adversarial fine-tuning
  /// of a model that has not been trained so before, those of the copy begin as the trunk's, and
  /// those of codes and of the discriminator as they are; all others as the one of the same path.
  public func sourcePath(of parameter: Parameter, in source: ParameterLayout) -> String? {
    let path = parameter.path
    guard source[path] == nil else { return path }
    switch layout.groups[parameter.group].name {
    case "crisp":
      let trunk = "trunk/" + path.dropFirst("crisp/".count)
      return path.hasPrefix("crisp/code/") ? nil : trunk
    case "discriminator": return nil
    default: return path
    }
  }

  /// The loss of an objective of adversarial fine-tuning, of pictures from codes that the pass's
  /// randomness draws, if there are codes.
  func adversarialLoss(
    _ batch: RestorationBatch, objective: Objective, crisp: PictureNetwork,
    _ discriminator: PatchDiscriminator, _ randomness: RandomKey, _ pass: ForwardPass
  ) -> Variable {
    let codes = codes(
      batch.inputs.shape[0], seed: randomness.seed, step: randomness.step,
      on: batch.inputs.device)
    let picture = crisp(
      inputs: batch.inputs, enlarged: batch.enlarged, code: codes, pass
    ).picture
    let (judge, tape) = (discriminator.judge(pass), pass.tape)
    let enlarged = tape.constant(batch.enlarged)
    let real = judge(tape.constant(batch.targets), enlarged: enlarged)
    let fake = judge(picture, enlarged: enlarged)
    let isCrisp = objective == Purpose.crisp
    let loss =
      isCrisp
      ? crispLoss(batch, picture, real: real, fake: fake, pass)
      : discriminatorLoss(real: real.judgement, fake: fake.judgement)
    guard let codes, let told = discriminator.codes(of: fake.features, pass) else { return loss }
    let error = (told - tape.constant(codes)).squared().mean()
    if isCrisp { pass.report("code_error", error) }
    return loss + error.scaled(by: hyperparameters.adversarialCodeWeight)
  }

  /// Codes of pictures, `[pictures, code]`, uniform in -1 ..< 1 as InfoGAN's continuous ones (Chen et
  /// al. 2016); `nil` for a model without.
  func codes(_ pictures: Int, seed: UInt64, step: UInt64, on device: Device) -> Tensor<Float>? {
    let width = hyperparameters.adversarialCode
    guard hyperparameters.isAdversarial, width > 0 else { return nil }
    return Tensor(
      randomUniform: [pictures, width], low: -1, high: 1,
      key: RandomKey(seed: seed, stream: RandomStreams.codes, step: step), on: device)
  }

  /// The discriminator's loss, for which pictures are constants: a target should look more like a
  /// target than the mean picture does, and a picture less than the mean target.
  private func discriminatorLoss(real: Variable, fake: Variable) -> Variable {
    (fake.mean() - real).softplus().mean() + (fake - real.mean()).softplus().mean()
  }

  /// The loss of the copy of the trunk: the mean absolute error / 16, the discriminator's loss with
  /// pictures and targets exchanged, the distance of its features, and that of the block means from
  /// the input.
  private func crispLoss(
    _ batch: RestorationBatch, _ picture: Variable, real: PatchDiscriminator.Opinion,
    fake: PatchDiscriminator.Opinion, _ pass: ForwardPass
  ) -> Variable {
    let tape = pass.tape
    let targets = tape.constant(batch.targets)
    let (real, realFeatures) = real
    let (fake, fakeFeatures) = fake
    let adversarial =
      (real.mean() - fake).softplus().mean() + (real - fake.mean()).softplus().mean()
    let matching = zip(fakeFeatures, realFeatures).map { ($0 - $1).abs().mean() }
    let error = (picture - targets).abs().mean()
    pass.report("absolute_error", error)
    pass.report("adversarial", adversarial)
    var loss =
      error.scaled(by: 1 / 16) + adversarial.scaled(by: hyperparameters.adversarialWeight)
    for distance in matching {
      loss =
        loss + distance.scaled(by: hyperparameters.featureMatchingWeight / Float(matching.count))
    }
    guard configuration.inputsAreBlockMeans else { return loss }
    // A mean that was rounded down is on average half a step short, less half of its own step.
    let pixels = Float(ratio * ratio)
    let shortfall = (pixels - 1) / (2 * pixels)
    let inputs = tape.constant(batch.inputs.scaled(by: 1, plus: shortfall))
    let inconsistency = (picture.averagePooled(factor: ratio) - inputs).abs().mean()
    return loss + inconsistency.scaled(by: hyperparameters.consistencyWeight / 16)
  }
}
