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

  /// Some rows and columns of ``resampled(width:height:filter:)``, with the same bits; takes memory
  /// and time for these alone.
  ///
  /// - Parameters:
  ///   - rows: The rows of the resampled picture.
  ///   - columns: The columns of the resampled picture.
  ///   - width: The columns that it has.
  ///   - height: The rows that it has.
  ///   - filter: The filter.
  ///   - strip: Where this picture is but a strip of a larger one, the number of its first row, and
  ///     the rows of the larger one. It has all that the result depends on.
  package func resampledRegion(
    rows: Range<Int>, columns: Range<Int>, width: Int, height: Int, filter: ResizeFilter,
    of strip: (firstRow: Int, height: Int)? = nil
  ) -> [Float] {
    let (firstRow, inputHeight) = strip ?? (0, self.height)
    require(
      rows.lowerBound >= 0 && rows.upperBound <= height && columns.lowerBound >= 0
        && columns.upperBound <= width, "The region lies outside the image.")
    func weights(_ from: Int, _ to: Int, _ positions: Range<Int>) -> ResampleWeights? {
      from == to
        ? nil
        : ResampleWeights(inputSide: from, outputSide: to, positions: positions, filter: filter)
    }
    let rowWeights = weights(inputHeight, height, rows)
    let columnWeights = weights(self.width, width, columns)
    let (inputRows, inputColumns) = (rowWeights?.inputs ?? rows, columnWeights?.inputs ?? columns)
    require(
      inputRows.lowerBound >= firstRow && inputRows.upperBound <= firstRow + self.height,
      "The strip has all rows that the region depends on.")
    var part: [Float] = []
    part.reserveCapacity(inputRows.count * inputColumns.count * channels)
    for row in inputRows {
      let start = (row - firstRow) * self.width
      let (first, end) = (start + inputColumns.lowerBound, start + inputColumns.upperBound)
      for value in pixels[(first * channels)..<(end * channels)] { part.append(Float(value)) }
    }
    return Resampling(width: inputColumns.count, height: inputRows.count, channels: channels)
      .resample(
        part, toWidth: columns.count, height: rows.count,
        columnWeights: columnWeights?.ofInputs(from: inputColumns.lowerBound),
        rowWeights: rowWeights?.ofInputs(from: inputRows.lowerBound), filter: filter,
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
