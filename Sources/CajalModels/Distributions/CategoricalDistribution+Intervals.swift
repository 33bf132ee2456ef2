import CajalSupport
public import CajalTensor

extension CategoricalDistribution: IntervalDistribution {
  /// The exact intervals of the softmax.
  public func credibleIntervals(
    _ output: Tensor<Float>, codes: Tensor<Int32>, bases: Tensor<Int32>?, probabilities: [Double]
  ) -> [CredibleInterval] {
    let shape = valueShape(ofOutput: output.shape)
    let rows = output.mapRows { logits, _ in
      intervals(self.probabilities(logits), probabilities)
    }
    return CredibleInterval.all(rows, count: probabilities.count, shape: shape, on: output.device)
  }

  /// The central intervals of the indices of `weights`, which are probabilities up to rounding.
  func intervals(_ weights: [Double], _ probabilities: [Double]) -> [ClosedRange<Int>] {
    let total = weights.reduce(0, +)
    return probabilities.map { probability in
      require(
        probability > 0 && probability < 1,
        "the probability of an interval is between 0 and 1, not \(probability)")
      let tail = (1 - probability) / 2 * total
      let lower = lengthOfTail(weights, tail)
      // Rounding cannot make the tails meet: an interval has a value.
      return lower...max(lower, weights.count - 1 - lengthOfTail(weights.reversed(), tail))
    }
  }

  /// The number of first weights whose sum is at most `tail`.
  private func lengthOfTail(_ weights: some Sequence<Double>, _ tail: Double) -> Int {
    var sum = 0.0
    var length = 0
    for weight in weights {
      sum += weight
      if sum > tail { break }
      length += 1
    }
    return length
  }
}

extension ResidualDistribution: IntervalDistribution {
  /// The exact intervals of the values of the possible classes.
  public func credibleIntervals(
    _ output: Tensor<Float>, codes: Tensor<Int32>, bases: Tensor<Int32>?, probabilities: [Double]
  ) -> [CredibleInterval] {
    let shape = valueShape(ofOutput: output.shape)
    let rows = mapRows(output, bases) { logits, base, _ in
      let weights = categorical.probabilities(possible(logits, base: base).span)
      let byValue = (0..<levels).map { weights[code(of: $0, base: base)] }
      return categorical.intervals(byValue, probabilities)
    }
    return CredibleInterval.all(rows, count: probabilities.count, shape: shape, on: output.device)
  }
}

extension CredibleInterval {
  /// The first intervals of all rows, the second ones, and so on.
  fileprivate static func all(
    _ rows: [[ClosedRange<Int>]], count: Int, shape: Shape, on device: Device
  ) -> [CredibleInterval] {
    (0..<count).map { index in
      CredibleInterval(
        lower: Tensor(rows.map { Int32($0[index].lowerBound) }, shape: shape, on: device),
        upper: Tensor(rows.map { Int32($0[index].upperBound) }, shape: shape, on: device))
    }
  }
}
