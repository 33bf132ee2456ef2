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
  /// A picture whose features would take more than 512 MB is computed in blocks, to the same bits;
  /// see `Docs/whole-pictures.md` for the memory that takes. A U-Net, whose normalization is over the
  /// whole picture, takes memory for its features of the whole, and no picture for which that would
  /// be more than about 8 GB; so does a self-ensemble for its pictures.
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
    try check(decoding)
    try configuration.check(inputs)
    guard let first = inputs.first else { return [] }
    try checkArea(width: first.width, height: first.height, decoding)
    if case .selfEnsemble = decoding { return try selfEnsemble(inputs, progress) }
    let blocks = blocks(decoding, width: first.width, height: first.height)
    return try pictures(inputs, decoding, blocks, progress)
  }

  /// An upsampler of bands that fit into memory; see ``predict(_:decoding:progress:)``.
  public func upsampler(
    width: Int, height: Int, options: UpsamplingOptions
  ) throws -> any PictureUpsampler {
    let decoding = options.decoding ?? defaultDecoding
    try check(decoding)
    try checkArea(width: width, height: height, decoding)
    if case .selfEnsemble = decoding {
      return try WholePictureUpsampler(
        self, width: ratio * width, height: ratio * height, options: options)
    }
    return RestorationUpsampler(
      self, width: width, height: height, decoding,
      blocks: blocks(
        decoding, width: width, height: height, withEntropies: options.withEntropies,
        memory: options.memory), options)
  }

  private func check(_ decoding: Decoding) throws(PredictionError) {
    try checkDecoding(decoding)
    if case .crisp(_?, _) = decoding, hyperparameters.adversarialCode == 0 {
      throw PredictionError.noCode
    }
    try checkWeights()
  }

  /// Predicts pictures that are divided into blocks.
  func pictures(
    _ inputs: [Image], _ decoding: Decoding, _ blocks: Blocks,
    _ progress: (@Sendable (Double) -> Void)? = nil
  ) throws -> [Image] {
    guard let first = inputs.first else { return [] }
    let (width, height) = (first.width, first.height)
    let size = width * height * ratio * ratio
    // Groups that keep every core busy, and whose pictures stay in its cache.
    let threads = parameters.device.backend.gainsFromThreads ? Threads.count : 1
    let share = (inputs.count + threads - 1) / threads
    let perGroup = max(1, min(16, share, blocks.picturesAtOnce))
    let groups = (0..<inputs.count).divided(every: perGroup)
    let done = Atomic(0)
    let report: @Sendable (Int) -> Void = { pixels in
      let now = done.add(pixels, ordering: .relaxed).newValue
      progress?(Double(now) / Double(size * inputs.count))
    }
    return try Threads.concurrentMap(groups) { group in
      let source = PreparedRows(Array(inputs[group]), configuration)
      var rows = RestoredRows<UInt8>(
        self, size: (width, height), decoding, pictures: group, blocks: blocks)
      var pixels = [[UInt8]](repeating: [], count: group.count)
      while let band = try rows.next(source, progress: report) {
        for picture in pixels.indices { pixels[picture] += band.values[picture] }
      }
      return pixels.map { pixels in
        Image(
          width: width * ratio, height: height * ratio, channels: channels,
          pixels: normalization?.restored(pixels) ?? pixels)
      }
    }.flatMap { $0 }
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
