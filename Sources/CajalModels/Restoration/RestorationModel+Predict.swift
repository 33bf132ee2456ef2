import CajalSupport
import CajalAutodiff
public import CajalImages
import CajalLayers
import CajalTensor
import CajalTraining
import Synchronization

extension RestorationModel: PictureModel {
  /// ``Decoding/onePass``, the trunk's picture, which is closest to the target; after adversarial
  /// fine-tuning ``Decoding/crisp(seed:)``; and pixel by pixel ``Decoding/sample(temperature:seed:)``,
  /// ``Decoding/greedy`` and ``Decoding/mean``.
  public var decodings: [Decoding] {
    [.onePass] + (network.crisp == nil ? [] : [.crisp()]) + [.sample(), .greedy, .mean]
  }

  /// Makes batches of pictures of any size.
  public var batchMaker:
    @Sendable (_ inputs: [Image], _ targets: [Image]) throws -> RestorationBatch
  {
    let (configuration, device) = (configuration, parameters.device)
    return { inputs, targets in
      try configuration.check(inputs, targets)
      let prepared = PreparedInputs(inputs, configuration)
      let targets = PreparedInputs.tensor(targets, configuration.normalization)
      return RestorationBatch(
        inputs: prepared.inputs.copied(to: device), enlarged: prepared.enlarged.copied(to: device),
        targets: targets.copied(to: device),
        values: targets.cast(to: Int32.self))
    }
  }

  /// Predicts pictures from inputs of one size.
  ///
  /// - Parameters:
  ///   - inputs: The inputs, all of one size and of the model's channels.
  ///   - decoding: ``Decoding/onePass`` or ``Decoding/crisp(seed:)``, or pixel by pixel
  ///     ``Decoding/sample(temperature:seed:)``, ``Decoding/greedy`` or ``Decoding/mean``, as a
  ///     wavefront.
  ///   - progress: Called with the fraction done, on any thread.
  /// - Throws: `PredictionError` when the weights or the predictions are not finite or there is no
  ///   such decoding, `PictureSizeError` when pictures have other channels.
  public func predict(
    _ inputs: [Image], decoding: Decoding, progress: (@Sendable (Double) -> Void)?
  ) throws -> [Image] {
    try checkDecoding(decoding)
    if case .crisp(_?) = decoding, hyperparameters.adversarialCode == 0 {
      throw PredictionError.noCode
    }
    try checkWeights()
    try configuration.check(inputs)
    guard let first = inputs.first else { return [] }
    let size = first.width * first.height * ratio * ratio
    // Groups that keep every core busy, and whose pictures stay in its cache.
    let perGroup = max(1, min(16, (inputs.count + Threads.count - 1) / Threads.count))
    let groups = stride(from: 0, to: inputs.count, by: perGroup).map {
      $0..<min($0 + perGroup, inputs.count)
    }
    let done = Atomic(0)
    let report: @Sendable (Int) -> Void = { pixels in
      let now = done.add(pixels, ordering: .relaxed).newValue
      progress?(Double(now) / Double(size * inputs.count))
    }
    return try Threads.concurrentMap(groups) { group in
      try pictures(Array(inputs[group]), firstPicture: group.lowerBound, decoding, report)
    }.flatMap { $0 }
  }

  /// Predicts the pictures of a group on the calling thread.
  private func pictures(
    _ inputs: [Image], firstPicture: Int, _ decoding: Decoding, _ report: (Int) -> Void
  ) throws -> [Image] {
    let prepared = PreparedInputs(inputs, configuration)
    let device = parameters.device
    let (small, enlarged) = (
      prepared.inputs.copied(to: device), prepared.enlarged.copied(to: device)
    )
    let predicted: Tensor<Float>
    if let pictureNetwork = pictureNetwork(of: decoding) {
      let pass = ForwardPass(tape: Tape(), parameters: parameters)
      predicted = pictureNetwork(
        inputs: small, enlarged: enlarged,
        code: codes(of: firstPicture..<(firstPicture + inputs.count), decoding), pass
      ).picture.value.copied(to: .cpu)
      report(predicted.count / channels)
    } else {
      let decoder = WavefrontDecoder(
        network, parameters, inputs: small, enlarged: enlarged, decoding: decoding,
        firstPicture: firstPicture)
      predicted = try decoder.pictures(waves: decoder.waves, progress: report)
    }
    guard predicted.allFinite else { throw PredictionError.nonFiniteLogits }
    return restored(predicted)
  }

  /// The network whose picture a decoding is; `nil` for those pixel by pixel.
  private func pictureNetwork(of decoding: Decoding) -> PictureNetwork? {
    switch decoding {
    case .onePass: network.trunk
    case .crisp: network.crisp
    case .greedy, .sample, .mean, .zeroTarget: nil
    }
  }

  /// The codes of some pictures, each drawn from the decoding's seed and the picture's number;
  /// `nil` is zeros.
  private func codes(of pictures: Range<Int>, _ decoding: Decoding) -> Tensor<Float>? {
    guard case .crisp(let seed?) = decoding else { return nil }
    let device = parameters.device
    return Tensor.concatenate(
      pictures.compactMap { codes(1, seed: seed, step: UInt64($0), on: device) }, axis: 0)
  }

  /// Normalized values `[batch, rows, columns, channels]` as pictures.
  private func restored(_ values: Tensor<Float>) -> [Image] {
    let (rows, columns) = (values.shape[1], values.shape[2])
    let scalars = values.scalars
    let size = rows * columns * channels
    return (0..<values.shape[0]).map { picture in
      let pixels = scalars[(picture * size)..<((picture + 1) * size)].map {
        UInt8(max(0, min(255, $0.rounded(.toNearestOrEven))))
      }
      return Image(
        width: columns, height: rows, channels: channels,
        pixels: normalization?.restored(pixels) ?? pixels)
    }
  }
}

extension RestorationModel.Configuration {
  /// Checks the channels of pictures and, where there are targets, their sizes.
  ///
  /// - Throws: `PictureSizeError` that says what does not fit.
  fileprivate func check(
    _ inputs: [Image], _ targets: [Image]? = nil
  ) throws(PictureSizeError) {
    for picture in inputs + (targets ?? []) where picture.channels != channels {
      throw PictureSizeError(
        description: "a picture has \(picture.channels) channels, but the model takes \(channels)")
    }
    for (input, target) in zip(inputs, targets ?? [])
    where (target.width, target.height) != (ratio * input.width, ratio * input.height) {
      throw PictureSizeError(
        description: "a target is \(target.width)×\(target.height) pixels, but the model makes "
          + "\(ratio * input.width)×\(ratio * input.height) of \(input.width)×\(input.height)")
    }
  }
}

/// Inputs as a model sees them.
struct PreparedInputs {
  /// `[batch, rows, columns, channels]`, normalized.
  let inputs: Tensor<Float>
  /// Enlarged bicubically, with edge pixels repeated outwards, and not rounded.
  let enlarged: Tensor<Float>

  /// Prepares pictures of one size.
  init(_ pictures: [Image], _ configuration: RestorationModel.Configuration) {
    let normalized = pictures.map { Self.normalized($0, configuration.normalization) }
    let (rows, columns) = (pictures[0].height, pictures[0].width)
    let (ratio, channels) = (configuration.ratio, configuration.channels)
    inputs = Self.tensor(normalized, nil)
    enlarged = Tensor(
      normalized.flatMap {
        $0.resampled(
          width: columns * ratio, height: rows * ratio, filter: .bicubicRepeatingEdges)
      }, shape: [pictures.count, rows * ratio, columns * ratio, channels])
  }

  /// Pictures of one size as a tensor `[batch, rows, columns, channels]`.
  static func tensor(_ pictures: [Image], _ normalization: PixelNormalization?) -> Tensor<Float> {
    let first = pictures[0]
    require(
      pictures.allSatisfy {
        ($0.height, $0.width, $0.channels) == (first.height, first.width, first.channels)
      }, "the pictures of a batch have one size")
    return Tensor(
      pictures.flatMap { normalized($0, normalization).pixels.map { Float($0) } },
      shape: [pictures.count, first.height, first.width, first.channels])
  }

  private static func normalized(_ picture: Image, _ normalization: PixelNormalization?) -> Image {
    guard let normalization else { return picture }
    return Image(
      width: picture.width, height: picture.height, channels: picture.channels,
      pixels: normalization.normalized(picture.pixels))
  }
}
