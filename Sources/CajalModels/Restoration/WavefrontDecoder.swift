import CajalAutodiff
import CajalLayers
import CajalTensor

/// Decodes the pixels of pictures of one size from their predicted distributions, as many at once as
/// depend only on pixels decoded before.
///
/// A pixel depends on those of the rows above it up to 3 columns to its right, and on the earlier
/// ones of its row and its block. So all pixels with the same column + `slope` · row can be decoded
/// at once, where the slope is at least 4 and at least the ratio: a picture of 32 × 32 takes 156
/// steps instead of 1024, and gets the same pixels.
///
/// The network's output for a wave is all that is read from the device; what is chosen from it on
/// the host is copied back.
struct WavefrontDecoder {
  private let network: RestorationNetwork
  private let pass: ForwardPass
  private let inputs: Tensor<Float>
  /// The trunk's pictures, `[batch, rows, columns, channels]`.
  private let predicted: Tensor<Float>
  /// The trunk's features of all pixels.
  private let features: Variable
  private let decoding: Decoding
  /// The trunk's predictions of all pixels on the host, `[pixels, channels]`.
  private let locations: Tensor<Float>
  /// `[pixels, uniformsPerPosition]` on the host, for samples.
  private let uniforms: Tensor<Float>?

  /// Computes what does not depend on decoded pixels.
  ///
  /// - Parameters:
  ///   - firstPicture: The number of the first picture, which samples depend on.
  init(
    _ network: RestorationNetwork, _ parameters: ParameterValues, inputs: Tensor<Float>,
    enlarged: Tensor<Float>, decoding: Decoding, firstPicture: Int
  ) {
    self.network = network
    self.inputs = inputs
    self.decoding = decoding
    pass = ForwardPass(tape: Tape(), parameters: parameters)
    let (picture, trunkFeatures) = network.trunk(inputs: inputs, enlarged: enlarged, pass)
    predicted = picture.value
    features = network.pixelFeatures(trunkFeatures, pass)
    locations = predicted.copied(to: .cpu)
      .reshaped([predicted.count / network.channels, network.channels])
    uniforms = Self.uniforms(
      decoding, each: predicted.shape[1] * predicted.shape[2],
      perPixel: network.distribution.uniformsPerPosition,
      pictures: firstPicture..<(firstPicture + predicted.shape[0]))
  }

  /// The waves of pixels of a picture: numbers of pixels that are decoded at once.
  static func waves(rows: Int, columns: Int, slope: Int) -> [[Int32]] {
    (0..<(columns + slope * (rows - 1))).map { wave in
      let last = min(rows - 1, wave / slope)
      let first = max(0, (wave - columns + slope) / slope)
      guard first <= last else { return [] }
      return (first...last).map { Int32($0 * columns + wave - slope * $0) }
    }.filter { !$0.isEmpty }
  }

  /// The waves of the decoder's pictures.
  var waves: [[Int32]] {
    Self.waves(
      rows: predicted.shape[1], columns: predicted.shape[2], slope: network.context.slope)
  }

  /// The pictures on the host, `[batch, rows, columns, channels]`: whole numbers from 0 to 255, or
  /// means.
  ///
  /// - Parameters:
  ///   - waves: Numbers of pixels that are decoded at once, in an order in which each comes after
  ///     those that it depends on.
  ///   - progress: Called after every wave with the number of pixels that it has decoded in all
  ///     pictures.
  /// - Throws: ``PredictionError/nonFiniteLogits``.
  func pictures(
    waves: [[Int32]], progress: (Int) -> Void
  ) throws(PredictionError) -> Tensor<Float> {
    guard locations.allFinite else { throw .nonFiniteLogits }
    let (shape, device) = (predicted.shape, predicted.device)
    let (batch, size) = (shape[0], shape[1] * shape[2])
    var known = Tensor<Float>(zeros: shape, on: device)
    // Means are shown, but predicting from them would lead away from what the model has seen.
    var means = decoding == .mean ? Tensor<Float>(zeros: shape, on: .cpu) : nil
    for wave in waves {
      let numbers = (0..<Int32(batch)).flatMap { picture in
        wave.map { picture * Int32(size) + $0 }
      }
      let pixels = Pixels(numbers, network, columns: shape[2], on: device)
      let chosen = try choose(output(pixels, known), pixels.hostNumbers)
      known.addRows(chosen.values.copied(to: device), at: pixels.numbers)
      if let mean = chosen.mean { means?.addRows(mean, at: pixels.hostNumbers) }
      progress(numbers.count)
    }
    return means ?? known.copied(to: .cpu)
  }

  /// The parameters of the distributions of some pixels on the host, `[pixels, width]`, given what
  /// is known of the pictures.
  ///
  /// A function of its own, so that nothing else refers to the known pixels when they are added to.
  private func output(_ pixels: Pixels, _ known: Tensor<Float>) -> Tensor<Float> {
    let pictures = CausalContext.Pictures(inputs: inputs, predicted: predicted, values: known)
    return network.output(pixels, features: features, known: pictures, pass).value
      .copied(to: .cpu)
  }

  /// The values of some pixels, `[pixels, channels]`, from the parameters of their distributions,
  /// and their means where these are asked for.
  private func choose(
    _ output: Tensor<Float>, _ pixels: Tensor<Int32>
  ) throws(PredictionError) -> (values: Tensor<Float>, mean: Tensor<Float>?) {
    guard output.allFinite else { throw .nonFiniteLogits }
    let (distribution, location) = (network.distribution, locations.gather(pixels))
    if case .sample(let temperature, _) = decoding, let uniforms {
      let sample = distribution.sample(
        output, location: location, temperature: temperature, uniforms: uniforms.gather(pixels))
      return (sample.cast(to: Float.self), nil)
    }
    let mode = distribution.mode(output, location: location).cast(to: Float.self)
    guard decoding == .mean else { return (mode, nil) }
    return (mode, distribution.mean(output, location: location).cast(to: Float.self))
  }

  /// Random numbers that depend on the seed, the picture's number and the pixel alone.
  private static func uniforms(
    _ decoding: Decoding, each size: Int, perPixel: Int, pictures: Range<Int>
  ) -> Tensor<Float>? {
    guard case .sample(_, let seed) = decoding else { return nil }
    return Tensor.concatenate(
      pictures.map { picture in
        Tensor(
          randomUniform: [size, perPixel],
          key: RandomKey(seed: seed, stream: RandomStreams.sampling, step: UInt64(picture)))
      }, axis: 0)
  }
}

extension Tensor<Float> {
  /// Adds rows `[n, channels]` to pixels of pictures `[batch, rows, columns, channels]`.
  fileprivate mutating func addRows(_ rows: Tensor, at pixels: Tensor<Int32>) {
    let channels = shape[3]
    addRows(rows, at: pixels, scale: 1, of: [count / channels, channels], from: 0)
  }
}
