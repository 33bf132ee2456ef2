import CCajalKernels
import Foundation

extension CPUBackend {
  /// The likelihood of a mixture of discretized logistics, and its gradient.
  package func logisticMixture(
    parameters: UnsafePointer<Float>, values: UnsafePointer<Int32>,
    locations: UnsafePointer<Float>, _ losses: UnsafeMutablePointer<Float>,
    gradient: UnsafeMutablePointer<Float>?, rows: Int, _ geometry: LogisticMixtureGeometry
  ) {
    var mixture = cajal_logistic_mixture(geometry)
    let (width, channels) = (geometry.width, geometry.channels)
    let scratchCount = unsafe kernels.pointee.logistic_mixture_scratch(&mixture)
    // Some fifty products' worth of work per parameter. Pieces end where blocks of rows do.
    let size = max(elementsPerPiece / (16 * width), 1) * 16
    inPieces(of: size, rows) { [mixture] piece in
      let start = piece.lowerBound
      unsafe withScratch(scratchCount) { scratch in
        unsafe withUnsafePointer(to: mixture) { mixture in
          unsafe kernels.pointee.logistic_mixture(
            mixture, parameters + start * width, values + start * channels,
            locations + start * channels, losses + start,
            gradient.map { unsafe $0 + start * width }, piece.count, scratch)
        }
      }
    }
  }
}

extension cajal_logistic_mixture {
  /// The kernels' form of a geometry.
  fileprivate init(_ geometry: LogisticMixtureGeometry) {
    self.init()
    components = geometry.components
    channels = geometry.channels
    width = geometry.width
    logit_step = geometry.logits.step
    (mean, mean_step) = geometry.means
    (log_scale, log_scale_step) = geometry.scales
    (slope, slope_step) = geometry.slopes
    unit = geometry.unit
    log_unit = Float(log(Double(geometry.unit)))
    minimum_log_scale = geometry.logScales.lowerBound
    maximum_log_scale = geometry.logScales.upperBound
    last_value = Int32(geometry.levels - 1)
    density_below = geometry.bins == .densityBelow1e5 ? 1 : 0
  }
}
