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
    let modes = rows(output, bases).map { Int32(mode($0, base: $1)) }
    return Tensor(modes, shape: valueShape(ofOutput: output.shape), on: output.device)
  }

  /// Inverts the cumulative distribution of the possible classes.
  public func sample(
    _ output: Tensor<Float>, bases: Tensor<Int32>?, temperature: Float, uniforms: Tensor<Float>
  ) -> Tensor<Int32> {
    requireUniforms(uniforms, of: output.shape)
    let classes = zip(rows(output, bases), uniforms.scalars).map { row, uniform in
      Int32(
        categorical.sample(
          possible(row.logits, base: row.base), temperature: temperature, uniform: uniform))
    }
    return Tensor(classes, shape: valueShape(ofOutput: output.shape), on: output.device)
  }

  /// The means of the values of the possible classes.
  public func mean(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Double> {
    let means = rows(output, bases).map { logits, base in
      categorical.mean(possible(logits, base: base)) { Double(value(of: $0, base: base)) }
    }
    return Tensor(means, shape: valueShape(ofOutput: output.shape), on: output.device)
  }

  /// The entropies of the possible classes.
  public func entropy(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Double> {
    let entropies = rows(output, bases).map { logits, base in
      categorical.entropy(possible(logits, base: base))
    }
    let shape = Shape(output.shape.dimensions.dropLast())
    return Tensor(entropies, shape: shape, on: output.device)
  }

  private func map(
    _ numbers: Tensor<Int32>, _ bases: Tensor<Int32>?, _ body: (Int, Int) -> Int
  ) -> Tensor<Int32> {
    let results = zip(numbers.scalars, scalars(bases, shape: numbers.shape)).map {
      Int32(body(Int($0), Int($1)))
    }
    return Tensor(results, shape: numbers.shape, on: numbers.device)
  }

  /// The logits and the base of each position.
  func rows(
    _ output: Tensor<Float>, _ bases: Tensor<Int32>?
  ) -> [(logits: ArraySlice<Float>, base: Int)] {
    let bases = scalars(bases, shape: valueShape(ofOutput: output.shape))
    return zip(output.hostRows, bases).map { ($0, Int($1)) }
  }

  private func scalars(_ bases: Tensor<Int32>?, shape: Shape) -> [Int32] {
    guard let bases else { requirementFailure("differences need what they are from") }
    require(bases.shape == shape, "values of \(shape) have no bases of \(bases.shape)")
    return bases.scalars
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
  func mode(_ logits: ArraySlice<Float>, base: Int) -> Int {
    let mode = categorical.mode(logits)
    guard isEnlarged, wraps(mode, base: base), abs(mode - center) <= levels / 16 else {
      return mode
    }
    var nearest = center
    for (code, logit) in logits.enumerated()
    where !wraps(code, base: base) && logit > logits[logits.startIndex + nearest] {
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
  func possible(_ logits: ArraySlice<Float>, base: Int) -> ArraySlice<Float> {
    let mode = mode(logits, base: base)
    var possible = Array(logits)
    for code in possible.indices where !isPossible(code, mode: mode, base: base) {
      possible[code] = -.infinity
    }
    return possible[...]
  }
}
