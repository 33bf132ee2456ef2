import CajalSupport
public import CajalAutodiff
public import CajalTensor

/// The distribution parameterized by a network's output, over the values of each position.
///
/// Training, evaluation and decoding use a model's output only through its distribution. A
/// position predicts ``valuesPerPosition`` values together, such as one sub-pixel or all channels
/// of a pixel. Values are integers in `0 ..< levels`. Networks work with *codes*, integers of the
/// same range: what earlier positions are embedded as and what the loss is of.
///
/// Shapes: an output is `[..., width]`; the values, codes and bases that belong to it are `[...,
/// valuesPerPosition]`, see ``valueShape(ofOutput:)``. `bases` are the values of the enlarged input
/// at the same places, for distributions whose coding is relative to it; the others ignore them.
/// Results are on the device of the output. Shapes that do not fit trap.
public protocol OutputDistribution: Sendable {
  /// The number of network outputs per position.
  var width: Int { get }
  /// The number of values predicted per position.
  var valuesPerPosition: Int { get }
  /// The number of possible values: `0 ..< levels`.
  var levels: Int { get }
  /// The number of uniform random numbers that ``sample(_:bases:temperature:uniforms:)`` uses per
  /// position.
  var uniformsPerPosition: Int { get }

  /// The codes of values.
  func codes(of values: Tensor<Int32>, bases: Tensor<Int32>?) -> Tensor<Int32>
  /// The values that codes stand for: the inverse of ``codes(of:bases:)``.
  func values(of codes: Tensor<Int32>, bases: Tensor<Int32>?) -> Tensor<Int32>

  /// The mean negative log-likelihood of codes in nats per value, a scalar on the tape of `output`.
  ///
  /// - Parameters:
  ///   - output: the output of the network.
  ///   - codes: the codes of the targets.
  ///   - smoothing: label smoothing, 0 for none; distributions without classes ignore it.
  func loss(_ output: Variable, codes: Tensor<Int32>, smoothing: Float) -> Variable

  /// The codes of the most probable values.
  func mode(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Int32>
  /// The codes of random values.
  ///
  /// - Parameters:
  ///   - output: the output of the network.
  ///   - bases: the values of the enlarged input.
  ///   - temperature: positive; below 1 sharpens the distribution.
  ///   - uniforms: `[..., uniformsPerPosition]` numbers in 0 ..< 1: all that is random. Equal ones
  ///     give equal codes.
  func sample(
    _ output: Tensor<Float>, bases: Tensor<Int32>?, temperature: Float, uniforms: Tensor<Float>
  ) -> Tensor<Int32>
  /// The means of the values, in double precision: they are rounded to integers, where a mean that
  /// is rounded twice could end elsewhere.
  func mean(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Double>
  /// The entropy of each position in nats: the output's shape without its innermost axis.
  func entropy(_ output: Tensor<Float>, bases: Tensor<Int32>?) -> Tensor<Double>
}

extension OutputDistribution {
  /// The shape of the values, codes and bases that belong to an output of `shape`.
  ///
  /// - Precondition: the innermost axis of `shape` is ``width`` long.
  public func valueShape(ofOutput shape: Shape) -> Shape {
    require(shape[-1] == width, "an output is \(width) numbers wide, not of shape \(shape)")
    return shape.replacingLast(with: valuesPerPosition)
  }
}

extension Tensor<Float> {
  /// What `body` makes of the rows of the innermost axis and their numbers. They are read from the
  /// device at once.
  func mapRows<Value>(_ body: (_ scalars: Span<Float>, _ row: Int) -> Value) -> [Value] {
    let width = shape[-1]
    let rows = width == 0 ? 0 : count / width
    return withSpan { scalars in
      var values: [Value] = []
      values.reserveCapacity(rows)
      for row in 0..<rows {
        values.append(body(scalars.extracting((row * width)..<((row + 1) * width)), row))
      }
      return values
    }
  }
}

extension OutputDistribution {
  /// Traps unless `values` belong to an output of `shape`.
  func requireValues(_ values: Tensor<Int32>, of shape: Shape) {
    let expected = valueShape(ofOutput: shape)
    require(
      values.shape == expected,
      "an output of \(shape) is of values \(expected), not \(values.shape)")
  }

  /// Traps unless there are as many uniform numbers as an output of `shape` needs.
  func requireUniforms(_ uniforms: Tensor<Float>, of shape: Shape) {
    let expected = shape.replacingLast(with: uniformsPerPosition)
    require(
      uniforms.shape == expected,
      "an output of \(shape) takes uniform numbers \(expected), not \(uniforms.shape)")
  }
}
