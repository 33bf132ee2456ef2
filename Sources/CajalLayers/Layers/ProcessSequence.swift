import CajalSupport
public import CajalAutodiff
import CajalTensor

/// The pre- or postprocessing of a sub-layer, one letter per step: `d` dropout, `a` adds the
/// residual, `n` layer normalization, `z` adds the residual to γ times the output, γ starting at 0.
/// `none` does nothing.
public struct ProcessSequence: Sendable {
  private enum Step: Sendable {
    case dropout
    case addResidual
    /// Both, one after the other.
    case dropoutAndResidual
    case normalize(Shared<LayerNorm>)
    case addScaledResidual(Shared<Parameter>)
  }

  /// A constant by reference: switching over a step copies it, and a value with all its parameters'
  /// names.
  private final class Shared<Value: Sendable>: Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  private let steps: [Step]
  private let dropout: Float

  /// The letters that a sequence may consist of.
  public static let letters: Set<Character> = ["d", "a", "n", "z"]

  /// Declares the norms of `sequence` under `name`. Nothing is declared where it has none.
  public init(
    _ name: String, sequence: String, width: Int, dropout: Float, epsilon: Float,
    in builder: inout ParameterBuilder
  ) {
    let letters = sequence == "none" ? [] : Array(sequence)
    steps = builder.scope(name) { builder in
      letters.enumerated().compactMap { index, letter in
        let isAfterDropout = index > 0 && letters[index - 1] == "d"
        switch letter {
        case "d" where letters.dropFirst(index + 1).first == "a": return nil
        case "a" where isAfterDropout: return .dropoutAndResidual
        case "d": return .dropout
        case "a": return .addResidual
        case "n":
          return .normalize(Shared(LayerNorm(width: width, epsilon: epsilon, in: &builder)))
        case "z":
          return .addScaledResidual(
            Shared(builder.declare("gamma", shape: [1], initializer: .constant(0))))
        default: requirementFailure("a sequence has no letter \(letter): \(sequence)")
        }
      }
    }
    self.dropout = dropout
  }

  /// Applies the steps to `x`; `residual` is what the sub-layer was given.
  public func callAsFunction(_ x: Variable, residual: Variable? = nil, _ pass: ForwardPass)
    -> Variable
  {
    pending(x, residual: residual, pass).computed()
  }

  /// Applies the steps to `x`, except that a sum or dropout at the end is left to what follows.
  public func pending(_ x: Variable, residual: Variable? = nil, _ pass: ForwardPass) -> PendingSum {
    applied(steps[...], to: PendingSum(x), residual: residual, pass)
  }

  /// What the sub-layer before this one leaves, and the result of the steps applied to it, which
  /// are those before a sub-layer.
  public func callAsFunction(
    _ x: PendingSum, _ pass: ForwardPass
  ) -> (sum: Variable, result: Variable) {
    guard case .normalize(let norm)? = steps.first else {
      let sum = x.computed()
      return (sum, self(sum, pass))
    }
    let (sum, normalized) = norm.value(x, pass)
    let rest = applied(steps.dropFirst(), to: PendingSum(normalized), residual: nil, pass)
    return (sum, rest.computed())
  }

  private func applied(
    _ steps: ArraySlice<Step>, to x: PendingSum, residual: Variable?, _ pass: ForwardPass
  ) -> PendingSum {
    var x = x
    for step in steps {
      switch step {
      case .dropout:
        x = PendingSum(x.computed(), dropout: pass.dropoutKey(rate: dropout))
      case .dropoutAndResidual:
        x = PendingSum(
          x.computed(), dropout: pass.dropoutKey(rate: dropout), residual: Self.present(residual))
      case .normalize(let norm): x = PendingSum(norm.value(x, pass).normalized)
      case .addResidual: x = PendingSum(x.computed(), residual: Self.present(residual))
      case .addScaledResidual(let gamma):
        x = PendingSum(x.computed() * pass(gamma.value), residual: Self.present(residual))
      }
    }
    return x
  }

  private static func present(_ residual: Variable?) -> Variable {
    guard let residual else { requirementFailure("there is no residual before a sub-layer") }
    return residual
  }
}
