public import CajalImages
public import CajalTensor

extension AllenBrain {
  /// The target is the crop, in the ``colorSpace``; the input depends on the ``task``.
  ///
  /// - Throws: ``ProblemError`` when the stains are not known; the problem of a ``Dataset`` knows
  ///   them.
  public func example(from crop: Image, using random: inout RandomStream) throws -> Example {
    let target = try separated(crop)
    switch task {
    case .upsampling(let size, _):
      return Example(input: target.areaReduced(width: size, height: size), target: target)
    case .inpainting(let size):
      let side = max(1, Int(holeArea.squareRoot() * Double(size)))
      return Example(input: target.withHole(side: side, using: &random), target: target)
    case .identity:
      return Example(input: target, target: target)
    }
  }

  /// The target made smaller for up-sampling, the target itself for the identity; `nil` for
  /// in-painting, whose hole is at a random place.
  public func input(ofTarget target: Image) -> Image? {
    switch task {
    case .upsampling(let size, _): target.areaReduced(width: size, height: size)
    case .inpainting: nil
    case .identity: target
    }
  }

  /// A picture in the ``colorSpace``.
  ///
  /// - Throws: ``ProblemError`` when the stains are not known.
  public func preparedInput(_ image: Image) throws -> Image {
    switch colorSpace {
    case .rgb, .gray: image.converted(toChannels: colorSpace.channels)
    case .stain: image.channels == 1 ? image : try separated(image)
    }
  }

  private func separated(_ image: Image) throws -> Image {
    guard case .stain(let stains) = colorSpace else { return image }
    guard let stains else {
      throw ProblemError.unfitExample(
        problem: name,
        reason: "the colors of the stains are not known; take the problem of a data set")
    }
    return stains.picture(in: image)
  }

  /// The mean and the standard deviation used by the model, if known.
  public var normalization: PixelNormalization? {
    if case .known(let known) = valueNormalization { return known }
    return nil
  }

  /// The problem with the statistics of the training tiles filled in: stains, mean and standard
  /// deviation.
  ///
  /// - Throws: ``ProblemError`` when the tiles do not provide them.
  public func adapted(to data: DataSummary) throws -> AllenBrain {
    var problem = self
    if colorSpace == .stain(nil) {
      guard let stains = data.stains else { throw ProblemError.noStains(data.stainFailure) }
      problem.colorSpace = .stain(stains)
    }
    if valueNormalization == .trainingSet {
      guard data.mean.count == colorSpace.channels,
        PixelNormalization.isUsable(
          mean: data.mean, standardDeviation: data.standardDeviation, range: data.range)
      else {
        throw ProblemError.invalidOption(
          "normalization", value: "training_set",
          expected: "none for a stain, which has a scale of its own, and for gray where tiles are "
            + "stored in color")
      }
      problem.valueNormalization = .known(
        PixelNormalization(
          mean: data.mean, standardDeviation: data.standardDeviation, range: data.range))
    }
    return problem
  }
}

extension Image {
  /// The picture with a square of `side` pixels, at a random place, set to 0 in every channel.
  fileprivate func withHole(side: Int, using random: inout RandomStream) -> Image {
    let left = Int.random(in: 0...(width - side), using: &random)
    let top = Int.random(in: 0...(height - side), using: &random)
    var pixels = pixels
    for y in top..<(top + side) {
      let start = (y * width + left) * channels
      for index in start..<(start + side * channels) { pixels[index] = 0 }
    }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }
}
