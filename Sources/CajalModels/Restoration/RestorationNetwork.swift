import CajalAutodiff
import CajalLayers
import CajalTensor

/// The layers of a ``RestorationModel``.
struct RestorationNetwork: Sendable {
  let channels: Int
  let context: CausalContext
  let distribution: LogisticMixtureDistribution
  /// Predicts the picture.
  let trunk: PictureNetwork
  private let head: CausalHead
  /// Predicts a picture that looks like the targets, where the model has been trained for that.
  let crisp: PictureNetwork?
  /// Tells such pictures from targets.
  let discriminator: PatchDiscriminator?

  init(_ configuration: RestorationModel.Configuration, in builder: inout ParameterBuilder) {
    let hyperparameters = configuration.hyperparameters
    channels = configuration.channels
    let context = CausalContext(
      ratio: configuration.ratio, channels: channels,
      hasBlockMeans: configuration.inputsAreBlockMeans)
    let distribution = LogisticMixtureDistribution(
      components: hyperparameters.mixtureComponents, channels: channels)
    self.context = context
    self.distribution = distribution
    func pictureNetwork(
      _ group: String, code: Int = 0, _ builder: inout ParameterBuilder
    ) -> PictureNetwork {
      builder.group(group) {
        $0.scope(group) { PictureNetwork(configuration, code: code, in: &$0) }
      }
    }
    let trunk = pictureNetwork("trunk", &builder)
    self.trunk = trunk
    head = builder.group("head") { builder in
      builder.scope("head") {
        CausalHead(
          hyperparameters, trunkWidth: trunk.featureWidth, factor: trunk.factor,
          ratio: configuration.ratio, contextWidth: context.width,
          firstOutput: Self.firstOutput(distribution), in: &$0)
      }
    }
    let (isAdversarial, code) = (hyperparameters.isAdversarial, hyperparameters.adversarialCode)
    crisp = isAdversarial ? pictureNetwork("crisp", code: code, &builder) : nil
    discriminator =
      isAdversarial
      ? builder.group("discriminator") { builder in
        builder.scope("discriminator") {
          PatchDiscriminator(channels: configuration.channels, code: code, in: &$0)
        }
      } : nil
  }

  /// The bias that the head's output starts with: components of one width beside each other.
  private static func firstOutput(_ distribution: LogisticMixtureDistribution) -> [Float] {
    let (count, channels) = (distribution.components, distribution.channels)
    return (0..<count).flatMap { component in
      let mean = count == 1 ? 0 : Float(component) / Float(count - 1) - 0.5
      let coefficients = channels * (channels - 1) / 2
      return [0] + [Float](repeating: mean, count: channels)
        + [Float](repeating: -0.5, count: channels) + [Float](repeating: 0, count: coefficients)
    }
  }

  /// The features of every pixel, `[batch, rows, columns, factor² · features]`; see
  /// ``CausalHead/pixelFeatures(_:_:)``.
  func pixelFeatures(_ trunkFeatures: Variable, _ pass: ForwardPass) -> Variable {
    head.pixelFeatures(trunkFeatures, pass)
  }

  /// The parameters of the distributions of some pixels.
  ///
  /// - Parameters:
  ///   - pixels: The pixels.
  ///   - features: The features of all pixels, as ``pixelFeatures(_:_:)`` gives them.
  ///   - known: What the pixels' contexts are taken from.
  ///   - pass: The forward pass.
  /// - Returns: `[pixels, distribution.width]`.
  func output(
    _ pixels: Pixels, features: Variable, known: CausalContext.Pictures,
    _ pass: ForwardPass
  ) -> Variable {
    head(
      features: head.rows(of: features).gatherRows(pixels.featureRows),
      context: context.rows(of: known, at: pixels.numbers), places: pixels.places, pass)
  }
}

/// A trunk and the picture that it predicts.
struct PictureNetwork: Sendable {
  /// The scale of the differences from the enlarged input that are predicted.
  private static let scale: Float = 16

  private let trunk: any Trunk
  private let difference: Convolution2D
  /// What a code adds to the features of the trunk's first layer, where there are codes.
  private let code: Dense?
  /// The factor between the resolutions of the trunk's features and of the picture.
  let factor: Int

  /// - Parameters:
  ///   - configuration: The model's.
  ///   - codeWidth: Numbers in a code; 0 for a network without.
  ///   - builder: Collects the parameters.
  init(
    _ configuration: RestorationModel.Configuration, code codeWidth: Int,
    in builder: inout ParameterBuilder
  ) {
    let (ratio, channels) = (configuration.ratio, configuration.channels)
    trunk = configuration.hyperparameters.makeTrunk(channels: channels, in: &builder)
    factor = trunk.looksAtEnlarged ? 1 : ratio
    // Zero, so that an untrained model enlarges bicubically.
    difference = Convolution2D(
      "difference", inputs: trunk.width, outputs: factor * factor * channels,
      initializer: .constant(0), in: &builder)
    // From the first step on codes have to show, or the discriminator learns that they do not. There
    // is no bias, so that a code of zeros gives the pictures of a network without codes.
    code =
      codeWidth == 0
      ? nil
      : Dense(
        "code", inputs: codeWidth, outputs: trunk.width, hasBias: false,
        initializer: .normal(standardDeviation: 0.2), in: &builder)
  }

  /// The number of the trunk's features.
  var featureWidth: Int { trunk.width }

  /// Whether the trunk works at the resolution of the picture.
  var looksAtEnlarged: Bool { trunk.looksAtEnlarged }

  /// How far the picture sees along the rows of inputs with so many columns; `nil` for the whole.
  func reach(columns: Int) -> Reach? {
    trunk.reach(columns: columns).map { $0 + .convolutions(1) }
  }

  /// Where inputs may be divided into blocks of columns; `nil` for nowhere.
  var columnDivision: ColumnDivision? {
    trunk.columnDivision.map {
      ColumnDivision(reach: $0.reach + .convolutions(1), width: $0.width)
    }
  }

  /// The predicted picture, and the features that it is predicted from.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, rows, columns, channels]`, from 0 to 255.
  ///   - enlarged: The inputs enlarged bicubically, not rounded.
  ///   - code: Of a network with codes that of each picture, `[batch, code]`; `nil` is zeros.
  ///   - pass: The forward pass.
  /// - Returns: The picture in the shape of `enlarged`, not rounded or clamped, and the features.
  func callAsFunction(
    inputs: Tensor<Float>, enlarged: Tensor<Float>, code: Tensor<Float>? = nil,
    _ pass: ForwardPass
  ) -> (picture: Variable, features: Variable) {
    let (differences, features) = differences(
      of: trunk.looksAtEnlarged ? enlarged : inputs, code: code, pass)
    return (picture(differences, enlarged: enlarged, pass), features)
  }

  /// The differences of the picture from the enlarged input before the pixel shuffle, and the
  /// features that they are predicted from.
  ///
  /// - Parameters:
  ///   - seen: The inputs, or the enlarged ones; see ``looksAtEnlarged``.
  ///   - code: As in ``callAsFunction(inputs:enlarged:code:_:)``.
  ///   - pass: The forward pass.
  func differences(
    of seen: Tensor<Float>, code: Tensor<Float>?, _ pass: ForwardPass
  ) -> (differences: Variable, features: Variable) {
    let features = trunk.features(
      pass.tape.constant(seen.scaled(by: 1 / 64, plus: -2)), code: added(by: code, pass), pass)
    return (difference(features, pass), features)
  }

  /// The picture from its differences before the pixel shuffle.
  func picture(
    _ differences: Variable, enlarged: Tensor<Float>, _ pass: ForwardPass
  ) -> Variable {
    differences.pixelShuffled(factor: factor).scaled(by: Self.scale)
      + pass.tape.constant(enlarged)
  }

  /// What codes add to each picture's features of the trunk's first layer, `[batch, 1, 1,
  /// features]`.
  private func added(by codes: Tensor<Float>?, _ pass: ForwardPass) -> Variable? {
    guard let code, let codes else { return nil }
    return code(pass.tape.constant(codes), pass).reshaped([codes.shape[0], 1, 1, trunk.width])
  }
}
