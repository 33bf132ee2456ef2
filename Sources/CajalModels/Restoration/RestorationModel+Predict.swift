import CajalSupport
import CajalAutodiff
public import CajalImages
import CajalLayers
import CajalTensor
import CajalTraining
import Synchronization

extension RestorationModel: PictureModel {
  /// ``Decoding/onePass``, the trunk's picture; ``Decoding/selfEnsemble``, which is closest to the
  /// target; after adversarial fine-tuning ``Decoding/crisp(seed:crispness:)``; and pixel by pixel
  /// ``Decoding/sample(temperature:seed:)``, ``Decoding/greedy`` and ``Decoding/mean``.
  public var decodings: [Decoding] {
    let crisp: [Decoding] = network.crisp == nil ? [] : [.crisp()]
    return [.onePass, .selfEnsemble] + crisp + [.sample(), .greedy, .mean]
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
  /// A picture whose features would take more than 256 MB is computed in bands of rows, to the same
  /// bits. Memory beside inputs and pictures is then that of a band on each thread: about 256 MB, or
  /// where pictures are wider than that allows, three times the rows that the trunk sees on each
  /// side of one (52 for the convolutions of `restoration_base`). A U-Net, whose normalization is
  /// over the whole picture, takes memory for its features of the whole.
  ///
  /// - Parameters:
  ///   - inputs: The inputs, all of one size and of the model's channels.
  ///   - decoding: ``Decoding/onePass``, ``Decoding/selfEnsemble`` or
  ///     ``Decoding/crisp(seed:crispness:)``, or pixel by pixel
  ///     ``Decoding/sample(temperature:seed:)``, ``Decoding/greedy`` or ``Decoding/mean``, as a
  ///     wavefront.
  ///   - progress: Called with the fraction done, on any thread.
  /// - Throws: `PredictionError` when the weights or the predictions are not finite or there is no
  ///   such decoding, `PictureSizeError` when pictures have other channels.
  public func predict(
    _ inputs: [Image], decoding: Decoding, progress: (@Sendable (Double) -> Void)?
  ) throws -> [Image] {
    try checkDecoding(decoding)
    if case .crisp(_?, _) = decoding, hyperparameters.adversarialCode == 0 {
      throw PredictionError.noCode
    }
    try checkWeights()
    try configuration.check(inputs)
    if case .selfEnsemble = decoding { return try selfEnsemble(inputs, progress) }
    return try pictures(inputs, decoding, rowsPerBand: nil, progress)
  }

  /// Predicts pictures with bands of so many rows of the inputs; by default as many as ``Bands`` says.
  func pictures(
    _ inputs: [Image], _ decoding: Decoding, rowsPerBand: Int?,
    _ progress: (@Sendable (Double) -> Void)? = nil
  ) throws -> [Image] {
    guard let first = inputs.first else { return [] }
    let size = first.width * first.height * ratio * ratio
    let bands = Bands(self, decoding, width: first.width, height: first.height)
    // Groups that keep every core busy, and whose pictures stay in its cache.
    let share = (inputs.count + Threads.count - 1) / Threads.count
    let perGroup = max(1, min(16, share, bands.picturesAtOnce))
    let groups = stride(from: 0, to: inputs.count, by: perGroup).map {
      $0..<min($0 + perGroup, inputs.count)
    }
    let done = Atomic(0)
    let report: @Sendable (Int) -> Void = { pixels in
      let now = done.add(pixels, ordering: .relaxed).newValue
      progress?(Double(now) / Double(size * inputs.count))
    }
    return try Threads.concurrentMap(groups) { group in
      let rows = RestoredRows(
        self, PreparedRows(Array(inputs[group]), configuration), decoding,
        firstPicture: group.lowerBound, rowsPerBand: rowsPerBand ?? bands.rows)
      return try pictures(rows, count: group.count, width: first.width * ratio, report)
    }.flatMap { $0 }
  }

  /// Collects the rows of a group of pictures.
  private func pictures(
    _ rows: RestoredRows, count: Int, width: Int, _ report: (Int) -> Void
  ) throws -> [Image] {
    var rows = rows
    var pixels = [[UInt8]](repeating: [], count: count)
    while let band = try rows.next(progress: report) {
      for picture in 0..<count {
        pixels[picture] += bytes(band.sliced(picture..<(picture + 1), axis: 0))
      }
    }
    return pixels.map { pixels in
      Image(
        width: width, height: pixels.count / (width * channels), channels: channels,
        pixels: pixels)
    }
  }

  /// Normalized values as those of a picture.
  private func bytes(_ values: Tensor<Float>) -> [UInt8] {
    let bytes = values.scalars.map { UInt8(max(0, min(255, $0.rounded(.toNearestOrEven)))) }
    return normalization?.restored(bytes) ?? bytes
  }

  /// The codes of some pictures, each drawn from the decoding's seed and the picture's number;
  /// `nil` is zeros.
  func codes(of pictures: Range<Int>, _ decoding: Decoding) -> Tensor<Float>? {
    guard case .crisp(let seed?, _) = decoding else { return nil }
    let device = parameters.device
    return Tensor.concatenate(
      pictures.compactMap { codes(1, seed: seed, step: UInt64($0), on: device) }, axis: 0)
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
