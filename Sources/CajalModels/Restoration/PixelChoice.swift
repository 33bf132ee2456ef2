import CajalAutodiff
import CajalLayers
import CajalTensor

/// A pixel of a wavefront.
struct WavefrontPixel: Sendable {
  /// The number of its picture.
  let picture: Int
  /// Its row in the band, and its column in the picture.
  let row: Int, column: Int
  /// Its number among all pixels of the window.
  let number: Int32
}

/// Chooses the values of pixels from their distributions.
struct PixelChoice: Sendable {
  private let head: HeadEvaluation
  private let distribution: LogisticMixtureDistribution
  private let decoding: Decoding
  private let rows: Range<Int>
  private let columns: Int
  private let withEntropies: Bool

  /// - Parameters:
  ///   - head: The distributions.
  ///   - distribution: Their kind.
  ///   - decoding: How values are chosen.
  ///   - rows: The rows of the band in the pictures.
  ///   - columns: The columns of the pictures.
  ///   - withEntropies: Whether entropies are wanted.
  init(
    _ head: HeadEvaluation, _ distribution: LogisticMixtureDistribution, _ decoding: Decoding,
    rows: Range<Int>, columns: Int, withEntropies: Bool
  ) {
    (self.head, self.distribution, self.decoding) = (head, distribution, decoding)
    (self.rows, self.columns, self.withEntropies) = (rows, columns, withEntropies)
  }

  /// What is chosen for some pixels, on the host.
  struct Chosen: Sendable {
    /// The values that later pixels are predicted from, `[pixels, channels]`.
    let values: Tensor<Float>
    /// Their means, where those are shown.
    let mean: Tensor<Float>?
    /// The entropies of their distributions in nats, each channel's given the chosen values of the
    /// channels before it.
    let entropies: [Double]?
  }

  /// Chooses values.
  ///
  /// - Throws: ``PredictionError/nonFiniteLogits``.
  func chosen(_ pixels: [WavefrontPixel]) throws(PredictionError) -> Chosen {
    let (output, location) = try head.output(pixels.map(\.number))
    let values = values(output, location, pixels)
    // Means are shown, but predicting from them would lead away from what the model has seen.
    let mean =
      decoding == .mean
      ? distribution.mean(output, location: location).cast(to: Float.self) : nil
    return Chosen(
      values: values.cast(to: Float.self), mean: mean,
      entropies: withEntropies
        ? distribution.entropy(output, location: location, given: values).scalars : nil)
  }

  private func values(
    _ output: Tensor<Float>, _ location: Tensor<Float>, _ pixels: [WavefrontPixel]
  ) -> Tensor<Int32> {
    guard case .sample(let temperature, let seed) = decoding else {
      return distribution.mode(output, location: location)
    }
    return distribution.sample(
      output, location: location, temperature: temperature,
      uniforms: uniforms(pixels, seed: seed))
  }

  /// Random numbers that depend on the seed, the picture's number and the pixel's in the picture
  /// alone.
  private func uniforms(_ pixels: [WavefrontPixel], seed: UInt64) -> Tensor<Float> {
    let perPixel = distribution.uniformsPerPosition
    var numbers: [Float] = []
    numbers.reserveCapacity(pixels.count * perPixel)
    for pixel in pixels {
      let key = RandomKey(
        seed: seed, stream: RandomStreams.sampling, step: UInt64(pixel.picture))
      let place = (rows.lowerBound + pixel.row) * columns + pixel.column
      for number in 0..<perPixel {
        numbers.append(Philox.uniform(Philox.word(key, element: place * perPixel + number)))
      }
    }
    return Tensor(numbers, shape: [pixels.count, perPixel])
  }
}
