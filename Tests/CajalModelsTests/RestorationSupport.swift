import CajalAutodiff
import CajalImages
import CajalLayers
import CajalTensor
import Testing

@testable import CajalModels

/// A kind of pictures that a restoration model is made for.
struct RestorationCase: Sendable, CustomTestStringConvertible {
  var ratio = 4
  var channels = 3
  var inputsAreBlockMeans = true

  var testDescription: String {
    "\(ratio)×, \(channels) channels" + (inputsAreBlockMeans ? ", block means" : "")
  }

  /// Every ratio in color and gray, with and without block means.
  static let all = [2, 4, 8].flatMap { ratio in
    [1, 3].flatMap { channels in
      [true, false].map {
        RestorationCase(ratio: ratio, channels: channels, inputsAreBlockMeans: $0)
      }
    }
  }
}

/// A restoration model that is run in milliseconds.
///
/// - Parameters:
///   - noise: The standard deviation of what is added to every initial weight, so that every path
///     matters; 0 for an untrained model.
func smallRestoration(
  _ kind: RestorationCase = RestorationCase(),
  trunk: RestorationHyperparameters.Trunk = .convolutions, noise: Float = 0.1,
  on device: Device = .cpu, _ change: (inout RestorationHyperparameters) -> Void = { _ in }
) throws -> RestorationModel {
  let hyperparameters = RestorationHyperparameters().with {
    $0.trunk = trunk
    $0.trunkWidth = trunk == .uNet ? 4 : 8
    $0.trunkBlocks = trunk == .uNet ? 2 : 1
    $0.headFeatures = 4
    $0.headWidth = 8
    $0.headLayers = 1
    $0.mixtureComponents = 2
    $0.pixelsPerPicture = 16
    change(&$0)
  }
  var model = try RestorationModel(
    .init(
      hyperparameters: hyperparameters, ratio: kind.ratio, channels: kind.channels,
      inputsAreBlockMeans: kind.inputsAreBlockMeans),
    seed: 3, on: device)
  guard noise > 0 else { return model }
  var weights = model.parameters.buffers.map(\.scalars)
  for (index, parameter) in model.layout.parameters.enumerated() {
    let added = Tensor<Float>(
      randomNormal: [parameter.shape.count], standardDeviation: noise,
      key: RandomKey(seed: 8, stream: 78, step: UInt64(index))
    ).scalars
    for (place, number) in zip(parameter.range, added) { weights[parameter.group][place] += number }
  }
  model.parameters.buffers = weights.map { Tensor($0, on: device) }
  return model
}

/// Random pictures of one size.
func randomPictures(
  _ count: Int, width: Int, height: Int, channels: Int, seed: UInt64
) -> [Image] {
  (0..<count).map { picture in
    Image(
      width: width, height: height, channels: channels,
      pixels: randomPixels([width * height * channels], seed: seed + 1000 * UInt64(picture)).scalars
    )
  }
}

/// Random inputs and targets of a model.
func randomExamples(
  _ model: RestorationModel, _ count: Int, width: Int, height: Int, seed: UInt64 = 1
) -> (inputs: [Image], targets: [Image]) {
  let (ratio, channels) = (model.ratio, model.channels)
  return (
    randomPictures(count, width: width, height: height, channels: channels, seed: seed),
    randomPictures(
      count, width: width * ratio, height: height * ratio, channels: channels, seed: seed + 1)
  )
}

extension RestorationModel {
  /// The parameters of the distributions of all pixels given the true ones before them, and the
  /// trunk's predictions, `[pixels, …]`.
  func outputs(
    _ inputs: [Image], _ targets: [Image]
  ) throws -> (output: Tensor<Float>, location: Tensor<Float>) {
    let batch = try batchMaker(inputs, targets)
    let pass = ForwardPass(tape: Tape(), parameters: parameters)
    let (picture, features) = network.trunk(inputs: batch.inputs, enlarged: batch.enlarged, pass)
    let count = batch.targets.count / channels
    let pixels = Pixels(
      Array(0..<Int32(count)), network, columns: picture.shape[2], on: parameters.device)
    let known = CausalContext.Pictures(
      inputs: batch.inputs, predicted: picture.value, values: batch.targets)
    let output = network.output(
      pixels, features: network.pixelFeatures(features, pass), known: known, pass)
    return (output.value, picture.value.reshaped([count, channels]))
  }
}
