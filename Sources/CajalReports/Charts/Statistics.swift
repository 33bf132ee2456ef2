import CajalSupport

/// What a report computes from losses.
enum Statistics {
  /// The moving mean over about a fiftieth of the values. Values that are not finite leave it
  /// unchanged.
  static func smoothed(_ values: [Double]) -> [Double] {
    var mean = MovingMean(decay: 1 - 1 / max(1, Double(values.count) / 50))
    return values.map { value in
      mean.add(value)
      return mean.value ?? .nan
    }
  }

  /// The lag-1 autocorrelation: Pearson's correlation of the values with those one earlier, as
  /// pandas' `Series.autocorr`. `nil` for fewer than two pairs of finite values, or constant ones.
  static func autocorrelation(_ values: [Double]) -> Double? {
    let pairs = zip(values, values.dropFirst()).filter { $0.isFinite && $1.isFinite }
    guard pairs.count > 1 else { return nil }
    let count = Double(pairs.count)
    let means = (
      pairs.reduce(0) { $0 + $1.0 } / count, pairs.reduce(0) { $0 + $1.1 } / count
    )
    var (product, first, second) = (0.0, 0.0, 0.0)
    for pair in pairs {
      let (a, b) = (pair.0 - means.0, pair.1 - means.1)
      product += a * b
      first += a * a
      second += b * b
    }
    let scale = (first * second).squareRoot()
    return scale > 0 && scale.isFinite ? product / scale : nil
  }
}
