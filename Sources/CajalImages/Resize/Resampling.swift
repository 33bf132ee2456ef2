/// Changes the size of `[height, width, channels]` values.
struct Resampling {
  let width: Int, height: Int, channels: Int

  /// Resamples columns, then rows; skips a side that does not change. With `columnWeights` or
  /// `rowWeights` the columns or rows of the result are those that they describe.
  func resample<Value, Sum: Numeric>(
    _ values: [Value], toWidth width: Int, height: Int, columnWeights: ResampleWeights? = nil,
    rowWeights: ResampleWeights? = nil, filter: ResizeFilter, weight: (Double) -> Sum,
    widen: (Value) -> Sum, narrow: (Sum) -> Value
  ) -> [Value] {
    var values = values
    if columnWeights != nil || width != self.width {
      let weights =
        columnWeights
        ?? ResampleWeights(inputSide: self.width, outputSide: width, filter: filter)
      values = Self.resampleSide(
        values, outer: self.height, side: self.width, inner: channels, positions: weights,
        weights: weights.weights.map(weight), widen: widen, narrow: narrow)
    }
    if rowWeights != nil || height != self.height {
      let weights =
        rowWeights
        ?? ResampleWeights(inputSide: self.height, outputSide: height, filter: filter)
      values = Self.resampleSide(
        values, outer: 1, side: self.height, inner: width * channels, positions: weights,
        weights: weights.weights.map(weight), widen: widen, narrow: narrow)
    }
    return values
  }

  /// Resamples the middle side of `[outer, side, inner]` values.
  @inline(__always)
  private static func resampleSide<Value, Sum: Numeric>(
    _ values: [Value], outer: Int, side: Int, inner: Int, positions: ResampleWeights,
    weights: [Sum], widen: (Value) -> Sum, narrow: (Sum) -> Value
  ) -> [Value] {
    let count = outer * positions.first.count * inner
    return [Value](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      var sums = [Sum](repeating: .zero, count: inner)
      for block in 0..<outer {
        for (position, first) in positions.first.enumerated() {
          for index in 0..<inner { sums[index] = .zero }
          let taps = positions.offsets[position]..<positions.offsets[position + 1]
          for tap in taps {
            let row = (block * side + first + tap - taps.lowerBound) * inner
            for index in 0..<inner { sums[index] += weights[tap] * widen(values[row + index]) }
          }
          for index in 0..<inner {
            buffer.initializeElement(at: initializedCount, to: narrow(sums[index]))
            initializedCount += 1
          }
        }
      }
    }
  }
}
