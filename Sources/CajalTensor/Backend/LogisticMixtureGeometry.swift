import CajalSupport

/// A mixture of discretized logistics over the channels of a pixel (Salimans et al. 2017,
/// "PixelCNN++"), and the layout of its parameters.
///
/// With residuals `r_c = (value_c - location_c) / unit`, component k gives channel c a logistic
/// distribution with mean `m_kc + Σ_{j<c} tanh(a_kcj) · r_j` and scale `exp(s_kc)`, where `s_kc`
/// is clamped to ``logScales``. The probability of a value is that of the bin of width
/// `1 / unit` around its residual; the first and the last value have the whole tail.
package struct LogisticMixtureGeometry: Sendable, Hashable {
  /// The order of a row of parameters.
  package enum Layout: Sendable, Hashable {
    /// Component after component: a logit, means, log-scales, coefficients.
    case byComponent
    /// All logits, all means, all log-scales, all coefficients, each component after component:
    /// tensor2tensor's.
    case byKind
  }

  /// The log-probability of bins that are neither the first nor the last.
  package enum Bins: Sendable, Hashable {
    /// That of the bin.
    case exact
    /// That of the bin where the probability exceeds 1e-5, else the density at its center times its
    /// width: tensor2tensor's.
    case densityBelow1e5
  }

  /// The number of components.
  package let components: Int
  /// Channels of a pixel, 1 to 3.
  package let channels: Int
  /// The number of values: `0 ..< levels`.
  package let levels: Int
  /// Steps between values in one unit of means and scales.
  package let unit: Float
  /// The log-scales that parameters are clamped to.
  package let logScales: ClosedRange<Float>
  /// The order of the parameters.
  package let layout: Layout
  /// The log-probability of inner bins.
  package let bins: Bins

  /// A geometry; traps for numbers out of range.
  package init(
    components: Int, channels: Int, levels: Int = 256, unit: Float,
    logScales: ClosedRange<Float>, layout: Layout = .byComponent, bins: Bins = .exact
  ) {
    require(components > 0, "a mixture has components, not \(components)")
    require((1...3).contains(channels), "a mixture is of 1 to 3 channels, not \(channels)")
    require((2...65_536).contains(levels), "a mixture is of 2 to 65536 values, not \(levels)")
    require(unit > 0 && unit.isFinite, "a unit is positive, not \(unit)")
    require(
      logScales.lowerBound >= -20, "a scale is at least exp(-20), not \(logScales.lowerBound)")
    self.components = components
    self.channels = channels
    self.levels = levels
    self.unit = unit
    self.logScales = logScales
    self.layout = layout
    self.bins = bins
  }

  /// Coefficients of a component: one for each pair of channels.
  package var coefficients: Int { channels * (channels - 1) / 2 }
  /// Parameters of a component.
  package var componentWidth: Int { 1 + 2 * channels + coefficients }
  /// Parameters of a pixel.
  package var width: Int { components * componentWidth }

  /// Where a kind of parameter is: its first one, and the distance from component to component.
  /// Those of one component are neighbours.
  package typealias Place = (first: Int, step: Int)

  /// The logits.
  package var logits: Place { (0, layout == .byKind ? 1 : componentWidth) }
  /// The means, one per channel.
  package var means: Place { place(1, channels) }
  /// The logarithms of the scales, one per channel.
  package var scales: Place { place(1 + channels, channels) }
  /// The arguments of tanh: channel c has those of earlier channels from `c (c - 1) / 2` on.
  package var slopes: Place { place(1 + 2 * channels, coefficients) }

  /// A kind of `count` parameters per component, of which `before` come before it.
  private func place(_ before: Int, _ count: Int) -> Place {
    layout == .byKind ? (components * before, count) : (before, componentWidth)
  }
}
