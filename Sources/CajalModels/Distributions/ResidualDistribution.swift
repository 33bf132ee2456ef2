import CajalSupport
public import CajalAutodiff
public import CajalTensor

/// A categorical distribution over the differences of a value from the enlarged input, modulo the
/// number of levels.
///
/// Differences are known modulo ``levels`` only: probability that the network gives to a small step
/// beyond white, having learned such steps elsewhere, wraps around to nearly black.
/// ``mode(_:bases:)``, sampling and means exclude values that only such a step would reach. The
/// loss is that of all classes, and so of the values: for each base, codes are a bijection of them.
public struct ResidualDistribution: OutputDistribution {
  /// The number of possible values, and of classes.
  public let levels: Int
  /// Whether the bases come from an input with fewer pixels than its target.
  ///
  /// If so, a most probable step of at most `levels / 16` beyond an end of the scale is a near
  /// miss, and the most probable class that goes around no end is taken. An input as large as its
  /// target can be black where the target is nearly white, as in a hole to be filled: there the
  /// step is meant.
  public let isEnlarged: Bool

  let categorical: CategoricalDistribution

  /// A distribution of values in `0 ..< levels`.
  public init(levels: Int, isEnlarged: Bool) {
    self.levels = levels
    self.isEnlarged = isEnlarged
    categorical = CategoricalDistribution(classes: levels)
  }

  /// One logit per class.
  public var width: Int { levels }
  /// One.
  public var valuesPerPosition: Int { 1 }
  /// One, to invert the cumulative distribution at.
  public var uniformsPerPosition: Int { 1 }

  /// The classes of the differences.
  public func codes(of values: Tensor<Int32>, bases: Tensor<Int32>?) -> Tensor<Int32> {
    map(values, bases) { code(of: $0, base: $1) }
  }

  /// The bases plus the differences.
  public func values(of codes: Tensor<Int32>, bases: Tensor<Int32>?) -> Tensor<Int32> {
    map(codes, bases) { value(of: $0, base: $1) }
  }

  /// Cross-entropy of all classes, with label smoothing as tensor2tensor has it.
  public func loss(_ output: Variable, codes: Tensor<Int32>, smoothing: Float) -> Variable {
    categorical.loss(output, codes: codes, smoothing: smoothing)
  }

  /// The classes of the largest logits; the first of equal ones. See ``isEnlarged`` for near
  /// misses.
  public func mode(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Int32> {
    let modes = mapRows(output, bases) { logits, base, _ in Int32(mode(logits, base: base)) }
    return Tensor(modes, shape: valueShape(ofOutput: output.shape), on: output.device)
  }

  /// Inverts the cumulative distribution of the possible classes.
  public func sample(
    _ output: Tensor<Float>, bases: Tensor<Int32>?, temperature: Float, uniforms: Tensor<Float>
  ) -> Tensor<Int32> {
    requireUniforms(uniforms, of: output.shape)
    let uniforms = uniforms.scalars
    let classes = mapRows(output, bases) { logits, base, row in
      Int32(
        categorical.sample(
          possible(logits, base: base).span, temperature: temperature, uniform: uniforms[row]))
    }
    return Tensor(classes, shape: valueShape(ofOutput: output.shape), on: output.device)
  }

  /// The means of the values of the possible classes.
  public func mean(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Double> {
    let means = mapRows(output, bases) { logits, base, _ in
      categorical.mean(possible(logits, base: base).span) { Double(value(of: $0, base: base)) }
    }
    return Tensor(means, shape: valueShape(ofOutput: output.shape), on: output.device)
  }

  /// The entropies of the possible classes.
  public func entropy(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Double> {
    let entropies = mapRows(output, bases) { logits, base, _ in
      categorical.entropy(possible(logits, base: base).span)
    }
    let shape = Shape(output.shape.dimensions.dropLast())
    return Tensor(entropies, shape: shape, on: output.device)
  }

  private func map(
    _ numbers: Tensor<Int32>, _ bases: Tensor<Int32>?, _ body: (Int, Int) -> Int
  ) -> Tensor<Int32> {
    let results = present(bases, shape: numbers.shape).withSpan { bases in
      numbers.withSpan { numbers in
        numbers.indices.map { Int32(body(Int(numbers[$0]), Int(bases[$0]))) }
      }
    }
    return Tensor(results, shape: numbers.shape, on: numbers.device)
  }

  /// What `body` makes of the logits, the base and the number of each row.
  func mapRows<Value>(
    _ output: Tensor<Float>, _ bases: Tensor<Int32>?,
    _ body: (_ logits: Span<Float>, _ base: Int, _ row: Int) -> Value
  ) -> [Value] {
    present(bases, shape: valueShape(ofOutput: output.shape)).withSpan { bases in
      output.mapRows { logits, row in body(logits, Int(bases[row]), row) }
    }
  }

  private func present(_ bases: Tensor<Int32>?, shape: Shape) -> Tensor<Int32> {
    guard let bases else { requirementFailure("differences need what they are from") }
    require(bases.shape == shape, "values of \(shape) have no bases of \(bases.shape)")
    return bases
  }
}

// MARK: - One position

extension ResidualDistribution {
  /// The class of no difference: those of `-center ..< levels - center` do not wrap.
  private var center: Int { levels / 2 }

  /// The class of `value` where the enlarged input is `base`.
  func code(of value: Int, base: Int) -> Int { wrapped(value - base + center) }

  /// The value that a class stands for.
  func value(of code: Int, base: Int) -> Int { wrapped(code + base - center) }

  /// `number`, less than `levels` off the scale, modulo `levels`.
  private func wrapped(_ number: Int) -> Int {
    number < 0 ? number + levels : number < levels ? number : number - levels
  }

  /// The most probable class where the enlarged input is `base`.
  func mode(_ logits: Span<Float>, base: Int) -> Int {
    let mode = categorical.mode(logits)
    guard isEnlarged, wraps(mode, base: base), abs(mode - center) <= levels / 16 else {
      return mode
    }
    var nearest = center
    for code in logits.indices
    where !wraps(code, base: base) && logits[code] > logits[nearest] {
      nearest = code
    }
    return nearest
  }

  /// Whether a class can occur where `mode` is the most probable one and the enlarged input is
  /// `base`.
  ///
  /// Classes are read by their distance from the most probable value: one that would be nearer to
  /// it around an end of the scale than along it is a near miss of that end and cannot occur,
  /// unless neither of the two goes around an end.
  func isPossible(_ code: Int, mode: Int, base: Int) -> Bool {
    let distance = abs(value(of: code, base: base) - value(of: mode, base: base))
    return 2 * distance < levels || !(wraps(code, base: base) || wraps(mode, base: base))
  }

  /// Whether the difference of a class leaves the scale.
  private func wraps(_ code: Int, base: Int) -> Bool {
    !(0..<levels).contains(base + code - center)
  }

  /// The logits, minus infinity for classes that cannot occur; see ``isPossible(_:mode:base:)``.
  func possible(_ logits: Span<Float>, base: Int) -> [Float] {
    let mode = mode(logits, base: base)
    // Where neither goes around an end.
    let certain = wraps(mode, base: base) ? 0..<0 : (center - base)..<(center - base + levels)
    var possible: [Float] = []
    possible.reserveCapacity(logits.count)
    for code in logits.indices {
      let occurs = certain.contains(code) || isPossible(code, mode: mode, base: base)
      possible.append(occurs ? logits[code] : -.infinity)
    }
    return possible
  }
}
