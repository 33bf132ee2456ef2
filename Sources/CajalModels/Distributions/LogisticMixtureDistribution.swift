import CajalSupport
public import CajalAutodiff
public import CajalTensor

/// A mixture of discretized logistics over the channels of a pixel (Salimans et al. 2017,
/// "PixelCNN++"), with means relative to a given location such as an expected picture.
///
/// With residuals `r_c = (value_c - location_c) / unit`, component k gives channel c a logistic
/// distribution around `m_kc + Σ_{j<c} tanh(a_kcj) · r_j` with scale `exp(s_kc)`, `s_kc` clamped.
/// A value's probability is that of the bin of width `1 / unit` around its residual; the first and
/// the last value have the whole tail, so that probabilities sum to 1.
///
/// A pixel's output is, component after component: a logit, a mean per channel, a log-scale per
/// channel, and a coefficient per pair of channels (of channel 1 for 0, of 2 for 0, of 2 for 1).
///
/// Shapes: an output is `[..., width]`; values and locations are `[..., channels]`. Results for a
/// pixel do not depend on the other pixels. As an ``OutputDistribution`` its locations are the
/// middle of the scale and bases are ignored.
public struct LogisticMixtureDistribution: OutputDistribution, Hashable {
  let geometry: LogisticMixtureGeometry

  /// A mixture of `components` logistics for pixels of 1 to 3 `channels`.
  ///
  /// - Parameters:
  ///   - components: The number of logistics.
  ///   - channels: Channels of a pixel, 1 to 3.
  ///   - unit: Steps between values in one unit of means and scales; positive.
  ///   - logScales: What log-scales are clamped to; at least -20. Outside of it they have no
  ///     gradient.
  ///   - levels: The number of values, 2 to 65,536.
  public init(
    components: Int, channels: Int, unit: Float = 8, logScales: ClosedRange<Float> = -5...4,
    levels: Int = 256
  ) {
    geometry = LogisticMixtureGeometry(
      components: components, channels: channels, levels: levels, unit: unit, logScales: logScales)
  }

  private init(_ geometry: LogisticMixtureGeometry) { self.geometry = geometry }

  /// tensor2tensor's `dmol` (its `dml_loss`): values scaled to [-1, 1], all logits before all means
  /// before all log-scales before all coefficients, and the density in place of the probability
  /// where that is below 1e-5, in losses.
  public static func tensor2tensor(components: Int, channels: Int = 3) -> Self {
    Self(
      LogisticMixtureGeometry(
        components: components, channels: channels, unit: 127.5, logScales: -7...Float.infinity,
        layout: .byKind, bins: .densityBelow1e5))
  }

  /// The number of components.
  public var components: Int { geometry.components }
  /// Channels of a pixel.
  public var channels: Int { geometry.channels }
  /// Steps between values in one unit of means and scales.
  public var unit: Float { geometry.unit }
  /// The number of values: `0 ..< levels`.
  public var levels: Int { geometry.levels }
  /// Parameters of a pixel: `1 + 2 channels + channels (channels - 1) / 2` per component.
  public var width: Int { geometry.width }
  /// All channels of a pixel.
  public var valuesPerPosition: Int { channels }
  /// One for the component and one for each channel.
  public var uniformsPerPosition: Int { 1 + channels }

  /// The mean negative log-likelihood in nats per value, a scalar on the tape of `output`.
  ///
  /// - Parameters:
  ///   - output: `[..., width]`
  ///   - values: `[..., channels]`, in `0 ..< levels`, else this traps.
  ///   - location: What means are relative to, in the shape of the values; a constant.
  public func loss(
    _ output: Variable, values: Tensor<Int32>, location: Tensor<Float>
  ) -> Variable {
    output.logisticMixtureLosses(values: values, locations: location, geometry).mean()
      .scaled(by: 1 / Float(channels))
  }

  /// The negative log-likelihood of each pixel in nats, `[...]`.
  public func losses(
    _ output: Tensor<Float>, values: Tensor<Int32>, location: Tensor<Float>
  ) -> Tensor<Float> {
    output.logisticMixtureLosses(
      values: values, locations: location, geometry, withGradient: false
    ).losses
  }
}

// MARK: - As an output distribution

extension LogisticMixtureDistribution {
  /// The middle of the scale.
  private func middle(_ shape: Shape, on device: Device) -> Tensor<Float> {
    Tensor(repeating: Float(levels - 1) / 2, shape: valueShape(ofOutput: shape), on: device)
  }

  /// The values themselves.
  public func codes(of values: Tensor<Int32>, bases: Tensor<Int32>?) -> Tensor<Int32> { values }
  /// The codes themselves.
  public func values(of codes: Tensor<Int32>, bases: Tensor<Int32>?) -> Tensor<Int32> { codes }

  /// The mean negative log-likelihood; there is no label smoothing.
  public func loss(_ output: Variable, codes: Tensor<Int32>, smoothing: Float) -> Variable {
    loss(output, values: codes, location: middle(output.shape, on: output.value.device))
  }

  /// ``mode(_:location:)`` around the middle of the scale.
  public func mode(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Int32> {
    mode(output, location: middle(output.shape, on: output.device))
  }

  /// ``sample(_:location:temperature:uniforms:)`` around the middle of the scale.
  public func sample(
    _ output: Tensor<Float>, bases: Tensor<Int32>?, temperature: Float, uniforms: Tensor<Float>
  ) -> Tensor<Int32> {
    sample(
      output, location: middle(output.shape, on: output.device), temperature: temperature,
      uniforms: uniforms)
  }

  /// ``mean(_:location:)`` around the middle of the scale.
  public func mean(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Double> {
    mean(output, location: middle(output.shape, on: output.device))
  }

  /// The entropy in nats of each distribution around the middle of the scale.
  public func entropy(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Double> {
    entropy(output, location: middle(output.shape, on: output.device))
  }
}
