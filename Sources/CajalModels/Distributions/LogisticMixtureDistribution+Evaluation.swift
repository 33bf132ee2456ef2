import CajalSupport
import Foundation
public import CajalTensor

extension LogisticMixtureDistribution {
  /// Random values, as PixelCNN++ draws them: a component, then channel after channel, each rounded
  /// and clipped to `0 ..< levels` before the next is conditioned on it.
  ///
  /// - Parameters:
  ///   - output: `[..., width]`
  ///   - location: What means are relative to, `[..., channels]`.
  ///   - temperature: Positive. Divides the components' logits and multiplies the scales.
  ///   - uniforms: `[..., 1 + channels]` numbers in 0 ..< 1: one for the component, one for each
  ///     channel, of which those beyond 1e-4 ... 1 - 1e-4 are moved there.
  public func sample(
    _ output: Tensor<Float>, location: Tensor<Float>, temperature: Float, uniforms: Tensor<Float>
  ) -> Tensor<Int32> {
    require(
      temperature > 0 && temperature.isFinite, "a temperature is positive, not \(temperature)")
    requireUniforms(uniforms, of: output.shape)
    let noise = uniforms.withSpan { uniforms in
      (0..<uniforms.count).map { Double(uniforms[$0]) }
    }
    let cold = Double(temperature)
    return values(output, location) { mixture, parameters, row, locations, result in
      let first = row * uniformsPerPosition
      let k = mixture.component(
        parameters, at: row * width, temperature: cold, uniform: noise[first])
      mixture.begin(parameters, at: row * width)
      for c in 0..<channels {
        let place = Double(locations[row * channels + c])
        mixture.select(channel: c, parameters, at: row * width, location: place)
        let u = max(1e-4, min(1 - 1e-4, noise[first + 1 + c]))
        let drawn = mixture.centers[k] + mixture.scales[k] * cold * (log(u) - log1p(-u))
        let value = mixture.nearestValue(drawn)
        mixture.choose(value, channel: c, location: place)
        result[row * channels + c] = Int32(value)
      }
    }
  }

  /// The most probable value of each channel, given those of the channels before; the first of
  /// equal ones.
  public func mode(_ output: Tensor<Float>, location: Tensor<Float>) -> Tensor<Int32> {
    values(output, location) { mixture, parameters, row, locations, result in
      mixture.begin(parameters, at: row * width)
      for c in 0..<channels {
        let place = Double(locations[row * channels + c])
        mixture.select(channel: c, parameters, at: row * width, location: place)
        let value = mixture.mode()
        mixture.choose(value, channel: c, location: place)
        mixture.condition(on: value)
        result[row * channels + c] = Int32(value)
      }
    }
  }

  /// The mean of each channel of the rounded and clipped values.
  ///
  /// Within a component a channel is conditioned on the means of the channels before it. That is
  /// exact as long as means are linear in those values, which clipping at the ends of the scale
  /// and rounding of very narrow distributions alone disturb; for the first channel it is exact to
  /// 2e-5 of a step.
  public func mean(_ output: Tensor<Float>, location: Tensor<Float>) -> Tensor<Double> {
    requireLocation(location, output)
    var means = [Double](repeating: 0, count: location.count)
    output.withSpan { parameters in
      location.withSpan { locations in
        var mixture = PixelMixture(geometry)
        var sums = means.mutableSpan
        for row in 0..<(locations.count / channels) {
          mixture.begin(parameters, at: row * width)
          mixture.addMeans(
            parameters, at: row * width, location: { Double(locations[row * channels + $0]) },
            to: &sums, at: row * channels)
        }
      }
    }
    return Tensor(means, shape: location.shape, on: output.device)
  }

  /// An estimate of each pixel's entropy in nats, `[...]`: the sum of the channels' entropies, each
  /// given values of the channels before. Exact for one channel.
  ///
  /// - Parameters:
  ///   - output: `[..., width]`
  ///   - location: What means are relative to, `[..., channels]`.
  ///   - values: The values of the channels before that a channel is conditioned on; the most
  ///     probable ones where `nil`.
  public func entropy(
    _ output: Tensor<Float>, location: Tensor<Float>, given values: Tensor<Int32>? = nil
  ) -> Tensor<Double> {
    var entropies = [Double](repeating: 0, count: output.count / width)
    forEachChannel(output, location, given: values) { mixture, row, _ in
      entropies[row] += mixture.entropy()
    }
    return Tensor(
      entropies, shape: Shape(Array(output.shape.dimensions.dropLast())), on: output.device)
  }

  /// The probability that each channel has at most the value that `values` has there, given the
  /// values of the channels before.
  public func cumulativeProbability(
    _ output: Tensor<Float>, values: Tensor<Int32>, location: Tensor<Float>
  ) -> Tensor<Double> {
    var probabilities = [Double](repeating: 0, count: location.count)
    let bounds = values.scalars
    forEachChannel(output, location, given: values) { mixture, row, c in
      let index = row * channels + c
      probabilities[index] = mixture.cumulativeProbability(Int(bounds[index]))
    }
    return Tensor(probabilities, shape: location.shape, on: output.device)
  }

  /// The central interval that has at least `probability` of each channel: from its quantile
  /// `(1 - probability) / 2` to its quantile `(1 + probability) / 2`, ends included.
  ///
  /// - Parameters:
  ///   - output: `[..., width]`
  ///   - probability: In 0 ..< 1.
  ///   - location: What means are relative to, `[..., channels]`.
  ///   - values: The values of the channels before that a channel is conditioned on; the most
  ///     probable ones where `nil`.
  public func credibleInterval(
    _ output: Tensor<Float>, probability: Double, location: Tensor<Float>,
    given values: Tensor<Int32>? = nil
  ) -> (lower: Tensor<Int32>, upper: Tensor<Int32>) {
    require((0..<1).contains(probability), "a probability is in 0 ..< 1, not \(probability)")
    var lower = [Int32](repeating: 0, count: location.count)
    var upper = lower
    forEachChannel(output, location, given: values) { mixture, row, c in
      lower[row * channels + c] = Int32(mixture.quantile((1 - probability) / 2))
      upper[row * channels + c] = Int32(mixture.quantile((1 + probability) / 2))
    }
    return (
      Tensor(lower, shape: location.shape, on: output.device),
      Tensor(upper, shape: location.shape, on: output.device)
    )
  }
}

// MARK: - Loops over pixels

extension LogisticMixtureDistribution {
  private func requireLocation(_ location: Tensor<Float>, _ output: Tensor<Float>) {
    let expected = valueShape(ofOutput: output.shape)
    require(
      location.shape == expected,
      "an output of \(output.shape) has locations \(expected), not \(location.shape)")
  }

  /// One value for each channel, written by `body` for a row of pixels.
  private func values(
    _ output: Tensor<Float>, _ location: Tensor<Float>,
    _ body: (
      _ mixture: inout PixelMixture, _ parameters: Span<Float>, _ row: Int,
      _ locations: Span<Float>, _ result: inout MutableSpan<Int32>
    ) -> Void
  ) -> Tensor<Int32> {
    requireLocation(location, output)
    var values = [Int32](repeating: 0, count: location.count)
    output.withSpan { parameters in
      location.withSpan { locations in
        var mixture = PixelMixture(geometry)
        var result = values.mutableSpan
        for row in 0..<(locations.count / channels) {
          body(&mixture, parameters, row, locations, &result)
        }
      }
    }
    return Tensor(values, shape: location.shape, on: output.device)
  }

  /// Calls `body` for every channel of every pixel, given the values of the channels before.
  private func forEachChannel(
    _ output: Tensor<Float>, _ location: Tensor<Float>, given values: Tensor<Int32>?,
    _ body: (_ mixture: inout PixelMixture, _ row: Int, _ channel: Int) -> Void
  ) {
    requireLocation(location, output)
    if let values { requireValues(values, of: output.shape) }
    let known = values?.scalars
    output.withSpan { parameters in
      location.withSpan { locations in
        var mixture = PixelMixture(geometry)
        for row in 0..<(locations.count / channels) {
          mixture.begin(parameters, at: row * width)
          for c in 0..<channels {
            let index = row * channels + c
            let place = Double(locations[index])
            mixture.select(channel: c, parameters, at: row * width, location: place)
            body(&mixture, row, c)
            guard c + 1 < channels else { continue }
            let value = known.map { Int($0[index]) } ?? mixture.mode()
            mixture.choose(value, channel: c, location: place)
            mixture.condition(on: value)
          }
        }
      }
    }
  }
}
