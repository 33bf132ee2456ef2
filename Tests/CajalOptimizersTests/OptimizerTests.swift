import CajalAutodiff
import CajalOptimizers
import CajalTensor
import Foundation
import Testing

/// The parameters of the tests: a kernel, its bias, a scale; 16-element slots, so that there is
/// padding.
private let group = ParameterGroup(
  "model",
  [
    Parameter(path: "a/kernel", shape: [3, 2], offset: 0),
    Parameter(path: "a/bias", shape: [2], offset: 16),
    Parameter(path: "b/scale", shape: [3], offset: 32),
  ], count: 48)

/// Values that depend on a seed, 0 in the padding.
private func values(_ seed: Int) -> Tensor<Float> {
  group.assembled(on: .reference) { slice in
    let numbers = slice.range.map { Float(sin(Double($0 * 7 + seed * 13 + 1))) }
    return Tensor(numbers, shape: slice.shape, on: .reference)
  }
}

/// Everything that an optimizer does, again, in Double and element by element.
private struct Oracle {
  var optimizer: Optimizer
  var w: [Double], m: [Double], v: [Double]
  var t = 0

  init(_ optimizer: Optimizer, _ start: Tensor<Float>) {
    self.optimizer = optimizer
    w = start.scalars.map(Double.init)
    m = w.map { _ in 0 }
    v = m
  }

  mutating func update(_ gradients: Tensor<Float>, scale: Double) {
    var g = gradients.scalars.map { Double($0) * scale }
    let scales = 32..<35
    for i in 0..<48 where i < 6 || scales.contains(i) { g[i] += optimizer.l2Penalty * w[i] }
    let norm = g.reduce(0) { $0 + $1 * $1 }.squareRoot()
    if optimizer.clipNorm > 0 {
      g = g.map { $0 * optimizer.clipNorm / max(norm, optimizer.clipNorm) }
    }
    let rate = optimizer.schedule(step: t)
    t += 1
    for i in w.indices {
      switch optimizer.rule {
      case .adam(let b1, let b2, let epsilon), .adamW(let b1, let b2, let epsilon, _):
        m[i] = b1 * m[i] + (1 - b1) * g[i]
        v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i]
        let correction = (1 - pow(b2, Double(t))).squareRoot() / (1 - pow(b1, Double(t)))
        var step = rate * correction * m[i] / (v[i].squareRoot() + epsilon)
        if case .adamW(_, _, _, let decay) = optimizer.rule, i < 6 { step += rate * decay * w[i] }
        w[i] -= step
      case .sgd(let momentum, let nesterov):
        m[i] = momentum * m[i] + g[i]
        w[i] -= rate * (nesterov ? g[i] + momentum * m[i] : m[i])
      }
    }
  }
}

@Suite struct OptimizerTests {
  static let optimizers: [Optimizer] = [
    .adam(.noam(warmupSteps: 3, hiddenSize: 16, learningRate: 0.02)),
    .adam(.constant(0.01), beta1: 0.8, beta2: 0.999, epsilon: 1e-3, clipNorm: 0.5, l2Penalty: 0.1),
    .adam(.constant(0.01), clipNorm: 1e9),
    .adamW(0.05 * .linearWarmup(steps: 4), weightDecay: 0.1, clipNorm: 1),
    .sgd(.constant(0.1)), .sgd(.constant(0.1), momentum: 0),
    .sgd(.cosineDecay(steps: 8, floor: 0.1), momentum: 0.5, nesterov: true, l2Penalty: 0.01),
    .sgd(.constant(0.1), momentum: 0, clipNorm: 0.25),
  ]

  @Test(arguments: optimizers, [1, 0.25])
  func trajectoriesFollowTheFormulas(optimizer: Optimizer, scale: Double) throws {
    var weights = values(0)
    var state = try OptimizerState(optimizer, for: group, on: .reference)
    var oracle = Oracle(optimizer, weights)
    for step in 0..<10 {
      let gradients = values(step + 1)
      let report = state.update(
        parameters: &weights, gradients: gradients, gradientScale: scale)
      oracle.update(gradients, scale: scale)
      #expect(report.isApplied && report.learningRate == optimizer.schedule(step: step))
    }
    #expect(state.step == 10)
    // Weights are of size 1 and rounded to single precision (6e-8) ten times; Adam divides by the
    // root of moments that are as exact as that, in steps of at most 0.05.
    for (w, expected) in zip(weights.scalars, oracle.w) {
      #expect(abs(Double(w) - expected) < 2e-6)
    }
    // Padding stays 0.
    #expect(
      weights.scalars[6..<16].allSatisfy { $0 == 0 }
        && weights.scalars[35...].allSatisfy { $0 == 0 })
  }

  /// With one gradient g from zero moments, Adam's first step is lr · g / (|g| + ε/√(1-β₂)).
  @Test func firstAdamStepHasAClosedForm() throws {
    var weights = values(0)
    let before = weights.scalars
    let gradients = values(1)
    var state = try OptimizerState(
      .adam(.constant(0.01), epsilon: 1e-2), for: group, on: .reference)
    _ = state.update(parameters: &weights, gradients: gradients)
    for (i, g) in gradients.scalars.map(Double.init).enumerated() {
      let step = 0.01 * g / (abs(g) + 1e-2 / 0.02.squareRoot())
      #expect(abs(Double(before[i]) - step - Double(weights.scalars[i])) < 1e-7)
    }
  }

  @Test func clippingIsByTheGlobalNormAfterScaling() throws {
    let gradients = values(3)
    let norm = gradients.scalars.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    for (clip, scale) in [(0, 1), (norm / 10, 0.5), (norm * 10, 0.5)] as [(Double, Double)] {
      var weights = Tensor<Float>(repeating: 0, shape: [48], on: .reference)
      var state = try OptimizerState(
        .sgd(.constant(1), momentum: 0, clipNorm: clip), for: group, on: .reference)
      let report = state.update(parameters: &weights, gradients: gradients, gradientScale: scale)
      #expect(abs(report.gradientNorm / (norm * scale) - 1) < 1e-12)
      let moved = weights.scalars.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      let expected = clip > 0 ? min(clip, norm * scale) : norm * scale
      #expect(abs(moved / expected - 1) < 1e-6)
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func aBadGradientChangesNothing(bad: Float) throws {
    var weights = values(0)
    var state = try OptimizerState(.adam(.constant(0.1)), for: group, on: .reference)
    _ = state.update(parameters: &weights, gradients: values(1))
    let before = (weights, state.namedTensors.map(\.tensor))
    var numbers = values(2).scalars
    numbers[17] = bad
    let report = state.update(
      parameters: &weights, gradients: Tensor(numbers, on: .reference))
    #expect(!report.isApplied && !report.gradientNorm.isFinite)
    #expect(state.step == 1 && weights == before.0)
    #expect(state.namedTensors.map(\.tensor) == before.1)
  }

  @Test(arguments: optimizers)
  func savedAndRestoredInTheMiddleGivesTheSameBits(optimizer: Optimizer) throws {
    var weights = values(0)
    var state = try OptimizerState(optimizer, for: group, on: .reference)
    for step in 0..<5 { _ = state.update(parameters: &weights, gradients: values(step)) }

    let saved = Dictionary(uniqueKeysWithValues: state.namedTensors.map { ($0.name, $0.tensor) })
    var restored = try OptimizerState(optimizer, for: group, on: .reference)
    try restored.restore(step: state.step) { name, shape in
      let tensor = try #require(saved[name])
      #expect(tensor.shape == shape)
      return Tensor(tensor.scalars, shape: shape, on: .reference)
    }
    var other = Tensor(weights.scalars, on: .reference)
    for step in 5..<9 {
      _ = state.update(parameters: &weights, gradients: values(step))
      _ = restored.update(parameters: &other, gradients: values(step))
    }
    #expect(weights.scalars.map(\.bitPattern) == other.scalars.map(\.bitPattern))
    #expect(state.step == restored.step)
  }

  @Test func updatesDoNotReachCopies() throws {
    var weights = values(0)
    let copy = weights
    var state = try OptimizerState(.adam(.constant(0.1)), for: group, on: .reference)
    let moments = state.namedTensors.map(\.tensor)
    _ = state.update(parameters: &weights, gradients: values(1))
    #expect(copy == values(0) && weights != copy)
    #expect(moments.allSatisfy { $0.scalars.allSatisfy { $0 == 0 } })
  }

  @Test(arguments: optimizers)
  func codingKeepsTheValue(optimizer: Optimizer) throws {
    let json = try JSONEncoder().encode(optimizer)
    #expect(try JSONDecoder().decode(Optimizer.self, from: json) == optimizer)
  }
}

@Suite struct WeightAverageTests {
  @Test func decayWarmsUp() {
    var average = WeightAverage(of: values(0), decay: 0.5)
    var expected = values(0).scalars.map(Double.init)
    for step in 0..<12 {
      let decay = min(0.5, (1 + Double(step)) / (10 + Double(step)))
      #expect(average.effectiveDecay == decay)
      let next = values(step + 1)
      average.update(with: next)
      expected = zip(expected, next.scalars).map { decay * $0 + (1 - decay) * Double($1) }
    }
    #expect(average.updates == 12)
    for (value, exact) in zip(average.values.scalars, expected) {
      #expect(abs(Double(value) - exact) < 1e-6)
    }
  }

  @Test func restoredAverageGoesOnWithTheSameBits() {
    var average = WeightAverage(of: values(0), decay: 0.9)
    for step in 0..<4 { average.update(with: values(step)) }
    var other = WeightAverage(
      of: Tensor(average.values.scalars, on: .reference), decay: 0.9, updates: average.updates)
    for step in 4..<7 {
      average.update(with: values(step))
      other.update(with: values(step))
    }
    #expect(average.values == other.values && average.updates == other.updates)
  }
}
