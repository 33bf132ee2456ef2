import Foundation

public import CajalAutodiff
public import CajalTensor

/// What a model's output means: a distribution over the values of a sub-pixel. Training, decoding and
/// evaluation ask it and nothing else.
public protocol OutputDistribution: Sendable {
  /// How many numbers a network puts out for a sub-pixel.
  var parameterCount: Int { get }
  /// The mean loss in nats of classes `[...]` under parameters `[..., parameterCount]`.
  func loss(_ parameters: Variable, classes: Tensor<Int32>, smoothing: Float) -> Variable
  /// The most probable class of one sub-pixel; the first of several.
  func mode(_ parameters: UnsafeBufferPointer<Float>) -> Int
  /// The class at which the cumulative distribution, sharpened by `temperature` below 1, passes `uniform`
  /// in 0 ..< 1.
  func sample(_ parameters: UnsafeBufferPointer<Float>, temperature: Float, uniform: Float) -> Int
  /// The probability of every class.
  func probabilities(_ parameters: UnsafeBufferPointer<Float>) -> [Double]
}

extension OutputDistribution {
  /// The expectation of `value` over the classes.
  public func mean(
    _ parameters: UnsafeBufferPointer<Float>, of value: (Int) -> Double
  ) -> Double {
    probabilities(parameters).enumerated().reduce(0) { $0 + $1.element * value($1.offset) }
  }

  /// The entropy in nats.
  public func entropy(_ parameters: UnsafeBufferPointer<Float>) -> Double {
    probabilities(parameters).reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
  }
}

/// A categorical distribution over classes, given by logits.
public struct CategoricalDistribution: OutputDistribution {
  /// The number of classes.
  public let parameterCount: Int

  /// A distribution over `classes` classes.
  public init(classes: Int = 256) { parameterCount = classes }

  /// Cross-entropy, with label smoothing as tensor2tensor has it.
  public func loss(_ parameters: Variable, classes: Tensor<Int32>, smoothing: Float) -> Variable {
    parameters.meanCrossEntropy(labels: classes, smoothing: smoothing)
  }

  /// The class of the first largest logit.
  public func mode(_ parameters: UnsafeBufferPointer<Float>) -> Int {
    var best = 0
    for index in 1..<parameters.count where parameters[index] > parameters[best] { best = index }
    return best
  }

  /// Inverts the cumulative distribution of the softmax of logits over temperature.
  public func sample(
    _ parameters: UnsafeBufferPointer<Float>, temperature: Float, uniform: Float
  ) -> Int {
    precondition(temperature > 0, "a temperature is positive, not \(temperature)")
    let weights = Self.weights(parameters, temperature: Double(temperature))
    var remaining = Double(uniform) * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      remaining -= weight
      if remaining < 0 { return index }
    }
    return mode(parameters)
  }

  /// The softmax of the logits.
  public func probabilities(_ parameters: UnsafeBufferPointer<Float>) -> [Double] {
    let weights = Self.weights(parameters, temperature: 1)
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  private static func weights(_ logits: UnsafeBufferPointer<Float>, temperature: Double) -> [Double]
  {
    let largest = Double(logits.max() ?? 0)
    return logits.map { exp((Double($0) - largest) / temperature) }
  }
}
