import CajalSupport

/// Measures of sets of pictures.
extension ImageMetrics {
  /// The mean of the peak signal-to-noise ratios of pairs of pictures in decibels. A mean squared
  /// error counts as at least 10⁻³, 78.1 dB, so that an exact picture does not make the mean
  /// infinite.
  ///
  /// Traps unless there are as many pictures as targets, at least one, and those of each pair have
  /// the same sides and channels.
  public static func meanPSNR(_ pictures: [Image], _ targets: [Image]) -> Double {
    require(
      pictures.count == targets.count && !targets.isEmpty, "there is a target for each picture")
    let ratios = zip(pictures, targets).map { picture, target in
      psnr(meanSquaredError: max(meanSquaredError(picture, target), 1e-3), range: 255)
    }
    return ratios.reduce(0, +) / Double(ratios.count)
  }

  /// The share of values that are equal in the pictures of pairs, 0 to 1: of sub-pixels, over all
  /// pairs together.
  ///
  /// Traps unless there are as many of the first as of the second pictures, at least one, and those
  /// of each pair have the same sides and channels.
  public static func equalShare(_ first: [Image], _ second: [Image]) -> Double {
    require(first.count == second.count && !first.isEmpty, "pictures are compared in pairs")
    var equal = 0
    var count = 0
    for (a, b) in zip(first, second) {
      require(
        a.width == b.width && a.height == b.height && a.channels == b.channels,
        "pictures of a pair have the same sides and channels")
      equal += zip(a.pixels, b.pixels).count { $0 == $1 }
      count += a.pixels.count
    }
    return Double(equal) / Double(count)
  }
}
