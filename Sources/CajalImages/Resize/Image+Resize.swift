import CajalSupport

extension Image {
  /// The picture at another size, rounded to 8 bits.
  ///
  /// For `bilinear`, `bicubic` and `lanczos3` the values equal those of Pillow's `Image.resize`,
  /// bit for bit: columns first, then rows, in fixed point with 22 fractional bits and with
  /// rounding to 8 bits in between. `bicubicRepeatingEdges` rounds once, at the end.
  ///
  /// Traps unless both sides are positive.
  public func resized(width: Int, height: Int, filter: ResizeFilter) -> Image {
    require(width > 0 && height > 0, "An image has at least one row and one column.")
    if width == self.width, height == self.height { return self }
    let resized: [UInt8] =
      switch filter {
      case .bicubicRepeatingEdges:
        resampled(width: width, height: height, filter: filter).map {
          UInt8(min(max($0.rounded(.toNearestOrEven), 0), 255))
        }
      case .nearest, .bilinear, .bicubic, .lanczos3:
        resampling.resample(
          pixels, toWidth: width, height: height, filter: filter,
          weight: FixedPoint.weight, widen: { Int($0) }, narrow: FixedPoint.byte)
      }
    return Image(width: width, height: height, channels: channels, pixels: resized)
  }

  /// The unrounded values of the picture at another size, `[height, width, channels]`; they can lie
  /// outside 0...255 for filters with negative weights.
  ///
  /// Traps unless both sides are positive.
  public func resampled(width: Int, height: Int, filter: ResizeFilter) -> [Float] {
    require(width > 0 && height > 0, "An image has at least one row and one column.")
    return resampling.resample(
      pixels.map { Float($0) }, toWidth: width, height: height, filter: filter,
      weight: { $0 }, widen: { Double($0) }, narrow: { Float($0) })
  }

  /// Some rows of ``resampled(width:height:filter:)``, with the same bits; takes memory and time for
  /// these alone.
  package func resampledRows(
    _ rows: Range<Int>, width: Int, height: Int, filter: ResizeFilter
  ) -> [Float] {
    require(width > 0, "An image has at least one column.")
    require(
      rows.lowerBound >= 0 && rows.upperBound <= height, "The rows lie outside the image.")
    let weights =
      height == self.height
      ? nil
      : ResampleWeights(
        inputSide: self.height, outputSide: height, positions: rows, filter: filter)
    let inputs = weights?.inputs ?? rows
    let part = pixels[
      (inputs.lowerBound * self.width * channels)..<(inputs.upperBound * self.width * channels)]
    return Resampling(width: self.width, height: inputs.count, channels: channels).resample(
      part.map { Float($0) }, toWidth: width, height: rows.count,
      rowWeights: weights?.ofInputs(from: inputs.lowerBound), filter: filter,
      weight: { $0 }, widen: { Double($0) }, narrow: { Float($0) })
  }

  private var resampling: Resampling {
    Resampling(width: width, height: height, channels: channels)
  }
}

/// Pillow's arithmetic for 8-bit pictures.
private enum FixedPoint {
  /// 32 bits less 8 for the value and 2 for sums that overshoot.
  private static let fractionalBits = 22

  static func weight(_ value: Double) -> Int {
    Int((value * Double(1 << fractionalBits)).rounded(.toNearestOrAwayFromZero))
  }

  static func byte(_ sum: Int) -> UInt8 {
    UInt8(clamping: (sum + 1 << (fractionalBits - 1)) >> fractionalBits)
  }
}
