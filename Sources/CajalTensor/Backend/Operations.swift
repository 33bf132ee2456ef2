/// Functions of one element.
package enum UnaryOperation: String, Sendable, CaseIterable {
  /// -x
  case negate
  /// |x|
  case absolute
  /// x²
  case square
  /// √x
  case squareRoot
  /// 1 / x
  case reciprocal
  /// eˣ
  case exponential
  /// ln x
  case logarithm
  /// max(x, 0)
  case relu
  /// 1 / (1 + e⁻ˣ)
  case sigmoid
  /// tanh x
  case hyperbolicTangent
  /// ln(1 + eˣ), without overflow
  case softplus
  /// x · Φ(x), with the normal distribution's Φ (Hendrycks and Gimpel 2016)
  case gelu
  /// x / (1 + e⁻ˣ) (Elfwing, Uchibe and Doya 2017)
  case silu
}

/// Functions of two elements.
package enum BinaryOperation: String, Sendable, CaseIterable {
  /// a + b
  case add
  /// a - b
  case subtract
  /// a · b
  case multiply
  /// a / b
  case divide
  /// the larger
  case maximum
  /// the smaller
  case minimum
  /// a where b > 0, else 0: the gradient of ``UnaryOperation/relu`` from its argument or its result
  case whereSecondPositive
  /// a times the derivative of ``UnaryOperation/gelu`` at b
  case geluGradient
  /// a times the derivative of ``UnaryOperation/silu`` at b
  case siluGradient
}

/// Ways to reduce an axis.
package enum ReduceOperation: String, Sendable, CaseIterable {
  /// the sum
  case sum
  /// the arithmetic mean
  case mean
  /// the largest
  case maximum
}

/// How two operands are stretched to one result.
///
/// Axes that both operands walk through evenly are merged, so that equal shapes are one axis and a
/// row added to a matrix is two.
package struct BroadcastGeometry: Sendable, Hashable {
  /// The number of elements of the result.
  package let count: Int
  /// The axes where something is stretched. Nothing is in most sums of decoding, and arrays would
  /// take longer than these.
  private let stretched: Axes?

  private struct Axes: Sendable, Hashable {
    var shape: [Int] = []
    var leftStrides: [Int] = []
    var rightStrides: [Int] = []
  }

  /// Whether nothing is stretched: `result[i]` is of `left[i]` and `right[i]`.
  package var isElementwise: Bool { stretched == nil }
  /// The result's extents after merging; at least one axis.
  package var shape: [Int] { stretched?.shape ?? [count] }
  /// Elements between neighbours of the left operand, 0 where it is stretched.
  package var leftStrides: [Int] { stretched?.leftStrides ?? [1] }
  /// Elements between neighbours of the right operand, 0 where it is stretched.
  package var rightStrides: [Int] { stretched?.rightStrides ?? [1] }

  /// The geometry of `left` with `right`, or `nil` when they do not broadcast.
  package init?(_ left: Shape, _ right: Shape) {
    guard let result = left.broadcast(with: right) else { return nil }
    count = result.count
    guard left.count != count || right.count != count else {
      stretched = nil
      return
    }
    func strides(_ shape: Shape) -> [Int] {
      let lead = result.rank - shape.rank
      let own = shape.strides
      return (0..<result.rank).map { axis in
        axis < lead || shape.dimensions[axis - lead] == 1 ? 0 : own[axis - lead]
      }
    }
    var axes = Axes()
    for (extent, (l, r)) in zip(result.dimensions, zip(strides(left), strides(right)))
    where extent != 1 {
      if let last = axes.shape.indices.last, axes.leftStrides[last] == l * extent,
        axes.rightStrides[last] == r * extent
      {
        axes.shape[last] *= extent
        axes.leftStrides[last] = l
        axes.rightStrides[last] = r
      } else {
        axes.shape.append(extent)
        axes.leftStrides.append(l)
        axes.rightStrides.append(r)
      }
    }
    stretched = axes
  }
}

/// The function that a dense layer applies to its product plus bias.
public enum Activation: Sendable, Hashable {
  /// x
  case identity
  /// max(x, 0)
  case relu
}

/// A (batched) matrix product `result = activation(left · right + bias) (+ result)`.
package struct MatrixProductGeometry: Sendable, Hashable {
  /// Rows of the result, the summed extent, columns of the result.
  package var rows: Int, inner: Int, columns: Int
  /// The left operand is stored `[inner, rows]`.
  package var transposesLeft = false
  /// The right operand is stored `[columns, inner]`.
  package var transposesRight = false
  /// How many products there are, each a matrix further on in each buffer.
  package var batch = 1
  /// Elements from one matrix of a batch to the next; 0 uses one matrix for all.
  package var leftBatchStride = 0, rightBatchStride = 0
  /// Adds to what the result holds instead of overwriting it. Not with bias or activation.
  package var accumulates = false
  /// Applied last. A bias is one number a column.
  package var activation = Activation.identity

  /// A single product of `[rows, inner]` and `[inner, columns]`.
  package init(rows: Int, inner: Int, columns: Int) {
    self.rows = rows
    self.inner = inner
    self.columns = columns
  }
}

/// One step of Adam (Kingma and Ba 2015) as tensor2tensor computes it, or AdamW (Loshchilov and
/// Hutter 2019).
///
/// With g = gradientScale · gradient: `m = β₁m + (1-β₁)g`, `v = β₂v + (1-β₂)g²`,
/// `w -= stepSize · m / (√v + ε) + decay · w`. The bias correction is in `stepSize`
/// (`learningRate · √(1-β₂ᵗ) / (1-β₁ᵗ)`); ε is outside of it.
package struct AdamStep: Sendable, Hashable {
  /// learningRate · √(1-β₂ᵗ) / (1-β₁ᵗ)
  package var stepSize: Float
  /// β₁, β₂ and ε.
  package var beta1: Float, beta2: Float, epsilon: Float
  /// What every gradient is multiplied with first: the clipping factor over the number of
  /// accumulations.
  package var gradientScale: Float
  /// learningRate · weightDecay for AdamW, else 0.
  package var decay: Float

  /// A step with every number given.
  package init(
    stepSize: Float, beta1: Float, beta2: Float, epsilon: Float, gradientScale: Float = 1,
    decay: Float = 0
  ) {
    self.stepSize = stepSize
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.gradientScale = gradientScale
    self.decay = decay
  }
}
