import CajalAutodiff
import CajalLayers
import CajalModels
import CajalOptimizers
import CajalTensor

/// A case: the reference values and a model with its weights.
struct CaseReplay {
  let file: SafetensorsFile
  let sidecar: Sidecar
  let model: Img2ImgTransformer
  let inputs: Tensor<UInt8>
  let targets: Tensor<UInt8>?
  /// The original's root scope, such as `img2img_transformer`.
  let root: String

  /// The original's names of the models that ours can be; two are patched versions of the first.
  static let models = ["Img2imgTransformer", causalModel, "Img2imgEncoder2D"]
  private static let causalModel = "Img2imgDecoderGlobalCausal"

  init(
    _ fixture: FixtureFolder.Case, _ sidecar: Sidecar, in folder: FixtureFolder, on device: Device
  ) throws {
    let path = "\(folder.path)/\(fixture.tensors)"
    let file = try SafetensorsFile(contentsOf: path)
    self.file = file
    self.sidecar = sidecar
    inputs = try Self.pixels("inputs", in: file)
    targets = file.contains("targets") ? try Self.pixels("targets", in: file) : nil
    let variables = file.names.filter { $0.hasPrefix("var/") }
    guard let root = variables.first?.split(separator: "/").dropFirst().first else {
      throw FixtureError(description: "\(path) has no variables")
    }
    self.root = String(root)
    let hyperparameters = try Self.hyperparameters(sidecar)
    var model = try Img2ImgTransformer(
      hyperparameters, inputRows: inputs.shape[1], inputColumns: inputs.shape[2], on: device)
    try Self.checkPictures(inputs, targets, model, file.path)
    let prefix = "var/\(root)/"
    let unknown = variables.first { model.layout[String($0.dropFirst(prefix.count))] == nil }
    if let unknown { throw FixtureError(description: "the model has no parameter for \(unknown)") }
    model.parameters = ParameterValues(
      try model.layout.groups.map { group in
        try group.assembled(on: device) { parameter in
          try Self.tensor(prefix + parameter.path, parameter.shape, in: file, on: device)
        }
      })
    self.model = model
  }

  /// The sidecar's hyperparameters as far as the model has them.
  private static func hyperparameters(_ sidecar: Sidecar) throws -> Img2ImgHyperparameters {
    var result = Img2ImgHyperparameters()
    let known = Set(Img2ImgHyperparameters.names)
    let overrides = sidecar.hparams.sorted { $0.key < $1.key }.compactMap { name, value in
      known.contains(name) ? value.override.map { "\(name)=\($0)" } : nil
    }
    try result.apply(overrides: overrides)
    if sidecar.model == causalModel { result.decAttentionType = .globalCausal }
    return result
  }

  /// Checks that pictures have the sizes of the model.
  private static func checkPictures(
    _ inputs: Tensor<UInt8>, _ targets: Tensor<UInt8>?, _ model: Img2ImgTransformer, _ path: String
  ) throws {
    let expected: Shape = [
      inputs.shape[0], model.targetLength, model.targetLength, model.channels,
    ]
    guard inputs.shape[3] == model.channels, targets.map({ $0.shape == expected }) ?? true else {
      throw FixtureError(
        description: "\(path): inputs of \(inputs.shape) and targets of "
          + "\(targets.map { "\($0.shape)" } ?? "nothing") do not fit the model")
    }
  }

  private static func pixels(_ name: String, in file: SafetensorsFile) throws -> Tensor<UInt8> {
    let values = try file.tensor(name, as: Int32.self)
    guard values.shape.rank == 4, values.count > 0 else {
      throw FixtureError(
        description:
          "\(file.path): \(name) is \(values.shape), and pictures are four axes of pixels")
    }
    return Tensor(values.scalars.map { UInt8(clamping: $0) }, shape: values.shape)
  }

  static func tensor(_ name: String, _ shape: Shape, in file: SafetensorsFile, on device: Device)
    throws -> Tensor<Float>
  {
    let tensor = try file.tensor(name, as: Float.self, on: device)
    guard tensor.shape == shape else {
      throw FixtureError(
        description: "\(file.path): \(name) is \(tensor.shape), the model's is \(shape)")
    }
    return tensor
  }
}

// MARK: - Comparing

extension CaseReplay {
  func givenTargets() throws -> Tensor<UInt8> {
    guard let targets else { throw FixtureError(description: "\(file.path) has no targets") }
    return targets
  }

  /// The norm of the difference over the norm of `expected`; the norm of `actual` where that is
  /// zero.
  static func relativeError(_ actual: [Float], _ expected: [Float]) -> Double {
    guard actual.count == expected.count else { return .infinity }
    var difference = 0.0
    var norm = 0.0
    for (a, e) in zip(actual, expected) {
      difference += (Double(a) - Double(e)) * (Double(a) - Double(e))
      norm += Double(e) * Double(e)
    }
    return norm > 0 ? (difference / norm).squareRoot() : difference.squareRoot()
  }

  static func relativeError(_ actual: Double, _ expected: Double) -> Double {
    expected == 0 ? abs(actual) : abs(actual - expected) / abs(expected)
  }

  /// Every `stride`-th row of the innermost axis.
  static func rows(_ tensor: Tensor<Float>, every stride: Int) -> [Float] {
    let width = tensor.shape[-1]
    let scalars = tensor.scalars
    return Swift.stride(from: 0, to: scalars.count, by: stride * width).flatMap {
      scalars[$0..<($0 + width)]
    }
  }
}
