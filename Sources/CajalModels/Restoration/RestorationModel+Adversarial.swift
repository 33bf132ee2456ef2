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
  /// those of the discriminator at random; all others as the one of the same path.
  public func sourcePath(of parameter: Parameter, in source: ParameterLayout) -> String? {
    let path = parameter.path
    guard source[path] == nil else { return path }
    switch layout.groups[parameter.group].name {
    case "crisp": return "trunk/" + path.dropFirst("crisp/".count)
    case "discriminator": return nil
    default: return path
    }
  }

  /// The discriminator's loss, for which pictures are constants: a target should look more like a
  /// target than the mean picture does, and a picture less than the mean target.
  func discriminatorLoss(
    _ batch: RestorationBatch, _ picture: Variable, _ judge: PatchDiscriminator.Judge
  ) -> Variable {
    let tape = picture.tape
    let enlarged = tape.constant(batch.enlarged)
    let real = judge(tape.constant(batch.targets), enlarged: enlarged).judgement
    let fake = judge(picture, enlarged: enlarged).judgement
    return (fake.mean() - real).softplus().mean() + (fake - real.mean()).softplus().mean()
  }

  /// The loss of the copy of the trunk: the mean absolute error / 16, the discriminator's loss with
  /// pictures and targets exchanged, the distance of its features, and that of the block means from
  /// the input.
  func crispLoss(
    _ batch: RestorationBatch, _ picture: Variable, _ judge: PatchDiscriminator.Judge,
    _ pass: ForwardPass
  ) -> Variable {
    let tape = pass.tape
    let (targets, enlarged) = (tape.constant(batch.targets), tape.constant(batch.enlarged))
    let (real, realFeatures) = judge(targets, enlarged: enlarged)
    let (fake, fakeFeatures) = judge(picture, enlarged: enlarged)
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
