import CajalSupport
import Foundation

public import CajalAutodiff
public import CajalTensor

/// A categorical distribution over classes, given by logits: one value per position, which is its
/// own code.
public struct CategoricalDistribution: OutputDistribution {
  /// The number of classes, which are the values.
  public let levels: Int

  /// A distribution over `classes` classes.
  public init(classes: Int) {
    require(classes > 0, "a distribution has classes, not \(classes)")
    levels = classes
  }

  /// One logit per class.
  public var width: Int { levels }
  /// One.
  public var valuesPerPosition: Int { 1 }
  /// One, to invert the cumulative distribution at.
  public var uniformsPerPosition: Int { 1 }

  /// The values themselves.
  public func codes(of values: Tensor<Int32>, bases: Tensor<Int32>?) -> Tensor<Int32> { values }
  /// The codes themselves.
  public func values(of codes: Tensor<Int32>, bases: Tensor<Int32>?) -> Tensor<Int32> { codes }

  /// Cross-entropy, with label smoothing as tensor2tensor has it.
  public func loss(_ output: Variable, codes: Tensor<Int32>, smoothing: Float) -> Variable {
    requireValues(codes, of: output.shape)
    return output.meanCrossEntropy(labels: codes, smoothing: smoothing)
  }

  /// The classes of the largest logits; the first of equal ones.
  public func mode(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Int32> {
    let modes = output.mapRows { logits, _ in Int32(mode(logits)) }
    return Tensor(modes, shape: valueShape(ofOutput: output.shape), on: output.device)
  }

  /// Inverts the cumulative distribution of the softmax of logits over temperature: the class at
  /// which it passes the uniform number.
  public func sample(
    _ output: Tensor<Float>, bases: Tensor<Int32>?, temperature: Float, uniforms: Tensor<Float>
  ) -> Tensor<Int32> {
    requireUniforms(uniforms, of: output.shape)
    let uniforms = uniforms.scalars
    let classes = output.mapRows { logits, row in
      Int32(sample(logits, temperature: temperature, uniform: uniforms[row]))
    }
    return Tensor(classes, shape: valueShape(ofOutput: output.shape), on: output.device)
  }

  /// The means of the classes' numbers.
  public func mean(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Double> {
    let means = output.mapRows { logits, _ in mean(logits, of: Double.init) }
    return Tensor(means, shape: valueShape(ofOutput: output.shape), on: output.device)
  }

  /// The entropies of the softmax.
  public func entropy(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Double> {
    require(output.shape[-1] == width, "\(width) classes have no logits \(output.shape)")
    let shape = Shape(output.shape.dimensions.dropLast())
    let entropies = output.mapRows { logits, _ in entropy(logits) }
    return Tensor(entropies, shape: shape, on: output.device)
  }

  /// The softmax of the logits, `[..., classes]`.
  public func probabilities(_ output: Tensor<Float>) -> Tensor<Double> {
    require(output.shape[-1] == width, "\(width) classes have no logits \(output.shape)")
    let rows = output.mapRows { logits, _ in probabilities(logits) }
    return Tensor(rows.flatMap { $0 }, shape: output.shape, on: output.device)
  }
}

// MARK: - One position

extension CategoricalDistribution {
  /// The class of the first largest logit.
  func mode(_ logits: Span<Float>) -> Int {
    var (best, largest) = (0, logits[0])
    for index in logits.indices where logits[index] > largest {
      (best, largest) = (index, logits[index])
    }
    return best
  }

  /// The class at which the cumulative distribution passes `uniform`.
  func sample(_ logits: Span<Float>, temperature: Float, uniform: Float) -> Int {
    require(temperature > 0, "a temperature is positive, not \(temperature)")
    let weights = weights(logits, temperature: Double(temperature))
    var remaining = Double(uniform) * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      remaining -= weight
      if remaining < 0 { return index }
    }
    return mode(logits)
  }

  /// The expectation of `value` over the classes.
  func mean(_ logits: Span<Float>, of value: (Int) -> Double) -> Double {
    let weights = weights(logits, temperature: 1)
    let total = weights.reduce(0, +)
    var mean = 0.0
    for (index, weight) in weights.enumerated() { mean += weight / total * value(index) }
    return mean
  }

  /// The entropy in nats.
  func entropy(_ logits: Span<Float>) -> Double {
    probabilities(logits).reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
  }

  /// The softmax.
  func probabilities(_ logits: Span<Float>) -> [Double] {
    let weights = weights(logits, temperature: 1)
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// The probabilities up to a factor; the largest is 1.
  private func weights(_ logits: Span<Float>, temperature: Double) -> [Double] {
    let largest = Double(logits[mode(logits)])
    var weights: [Double] = []
    weights.reserveCapacity(logits.count)
    for index in logits.indices {
      let distance = Double(logits[index]) - largest
      // Most classes beyond an end of the scale have no probability.
      weights.append(distance == -.infinity ? 0 : exp(distance / temperature))
    }
    return weights
  }
}
