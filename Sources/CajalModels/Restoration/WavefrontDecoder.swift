import CajalAutodiff
import CajalLayers
import CajalTensor

/// Decodes the pixels of a band of rows of pictures of one size from their predicted distributions,
/// as many at once as depend only on pixels decoded before.
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
  private let band: Band
  /// The trunk's features of all pixels.
  private let features: Variable
  private let decoding: Decoding
  /// The trunk's predictions of all pixels on the host, `[pixels, channels]`.
  private let locations: Tensor<Float>
  /// `[pixels, uniformsPerPosition]` on the host, for samples.
  private let uniforms: Tensor<Float>?

  /// Rows of pictures: those to decode, and before them what is known of the rows above.
  struct Band {
    /// `[batch, rows / ratio, columns / ratio, channels]`
    let inputs: Tensor<Float>
    /// The trunk's pictures, `[batch, rows, columns, channels]`.
    let predicted: Tensor<Float>
    /// The trunk's features that pixels are predicted from.
    let features: Tensor<Float>
    /// What is decoded of the rows above, `[batch, rows, columns, channels]`; `nil` at the top of
    /// the pictures. As many rows as pixels depend on, in whole blocks.
    let above: Tensor<Float>?
    /// The number of the first of all these rows in the pictures.
    let firstRow: Int

    /// Rows that are decoded before.
    var rowsAbove: Int { above?.shape[1] ?? 0 }
  }

  /// What is decoded of a band.
  struct Decoded {
    /// On the host, `[batch, rows, columns, channels]`: whole numbers from 0 to 255, or means.
    let shown: Tensor<Float>
    /// What the pixels after them are predicted from, with the rows above the band, on the device.
    let known: Tensor<Float>
  }

  /// Computes what does not depend on decoded pixels.
  ///
  /// - Parameters:
  ///   - firstPicture: The number of the first picture, which samples depend on.
  init(
    _ network: RestorationNetwork, _ parameters: ParameterValues, _ band: Band,
    decoding: Decoding, firstPicture: Int
  ) {
    self.network = network
    self.band = band
    self.decoding = decoding
    pass = ForwardPass(tape: Tape(), parameters: parameters)
    features = network.pixelFeatures(pass.tape.constant(band.features), pass)
    let shape = band.predicted.shape
    locations = band.predicted.copied(to: .cpu)
      .reshaped([band.predicted.count / network.channels, network.channels])
    uniforms = Self.uniforms(
      decoding, firstPixel: band.firstRow * shape[2], count: shape[1] * shape[2],
      perPixel: network.distribution.uniformsPerPosition,
      pictures: firstPicture..<(firstPicture + shape[0]))
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

  /// The waves of the rows to decode, whose pixels are counted from the first of them.
  var waves: [[Int32]] {
    let shape = band.predicted.shape
    return Self.waves(
      rows: shape[1] - band.rowsAbove, columns: shape[2], slope: network.context.slope)
  }

  /// Decodes the band.
  ///
  /// - Parameters:
  ///   - waves: Numbers of pixels that are decoded at once, in an order in which each comes after
  ///     those that it depends on.
  ///   - progress: Called after every wave with the number of pixels that it has decoded in all
  ///     pictures.
  /// - Throws: ``PredictionError/nonFiniteLogits``.
  func decoded(
    waves: [[Int32]], progress: (Int) -> Void
  ) throws(PredictionError) -> Decoded {
    guard locations.allFinite else { throw .nonFiniteLogits }
    let (shape, device) = (band.predicted.shape, band.predicted.device)
    let (batch, size) = (shape[0], shape[1] * shape[2])
    var known = unknown(shape, on: device)
    // Means are shown, but predicting from them would lead away from what the model has seen.
    var means = decoding == .mean ? Tensor<Float>(zeros: shape, on: .cpu) : nil
    for wave in waves {
      let numbers = (0..<batch).flatMap { picture in
        let first = Int32(picture * size + band.rowsAbove * shape[2])
        return wave.map { first + $0 }
      }
      let pixels = Pixels(numbers, network, columns: shape[2], on: device)
      let chosen = try choose(output(pixels, known), pixels.hostNumbers)
      known.addRows(chosen.values.copied(to: device), at: pixels.numbers)
      if let mean = chosen.mean { means?.addRows(mean, at: pixels.hostNumbers) }
      progress(numbers.count)
    }
    let shown = (means ?? known.copied(to: .cpu)).sliced(band.rowsAbove..<shape[1], axis: 1)
    return Decoded(shown: shown, known: known)
  }

  /// The rows above the band, and zeros for those to decode.
  private func unknown(_ shape: Shape, on device: Device) -> Tensor<Float> {
    guard let above = band.above else { return Tensor(zeros: shape, on: device) }
    let rest = Tensor<Float>(
      zeros: [shape[0], shape[1] - band.rowsAbove, shape[2], shape[3]], on: device)
    return above.concatenated(with: rest, axis: 1)
  }

  /// The parameters of the distributions of some pixels on the host, `[pixels, width]`, given what
  /// is known of the pictures.
  ///
  /// A function of its own, so that nothing else refers to the known pixels when they are added to.
  private func output(_ pixels: Pixels, _ known: Tensor<Float>) -> Tensor<Float> {
    let pictures = CausalContext.Pictures(
      inputs: band.inputs, predicted: band.predicted, values: known)
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

  /// Random numbers that depend on the seed, the picture's number and the pixel's in the picture
  /// alone.
  private static func uniforms(
    _ decoding: Decoding, firstPixel: Int, count: Int, perPixel: Int, pictures: Range<Int>
  ) -> Tensor<Float>? {
    guard case .sample(_, let seed) = decoding else { return nil }
    return Tensor.concatenate(
      pictures.map { picture in
        Tensor(
          randomUniform: [count, perPixel], startingAt: firstPixel * perPixel,
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
