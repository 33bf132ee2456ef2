public import CajalAutodiff
public import CajalTensor

/// The sum that a sub-layer ends with, not yet computed: its result, or what dropout leaves of it,
/// plus the residual.
///
/// The normalization that the next sub-layer begins with computes both at once, which on a GPU
/// saves a pass over memory. Where none follows, the sum is computed by itself.
///
/// ```swift
/// var x = PendingSum(input)
/// for layer in layers {
///   let (sum, normalized) = layer.norm(x, pass)
///   x = PendingSum(layer.dense(normalized, pass), residual: sum)
/// }
/// return x.computed()
/// ```
public struct PendingSum {
  let x: Variable
  let dropout: DropoutKey?
  let residual: Variable?

  /// What is computed already, if there is neither dropout nor a residual.
  ///
  /// - Parameters:
  ///   - x: The result of a sub-layer.
  ///   - dropout: What dropout keeps of it; `nil` for everything.
  ///   - residual: What is added, of the same shape; `nil` for nothing.
  public init(_ x: Variable, dropout: DropoutKey? = nil, residual: Variable? = nil) {
    (self.x, self.dropout, self.residual) = (x, dropout, residual)
  }

  /// Computes the sum.
  public func computed() -> Variable {
    switch (dropout, residual) {
    case (let key?, let residual?): x.dropout(key, addedTo: residual)
    case (let key?, nil): x.dropout(key)
    case (nil, let residual?): x + residual
    case (nil, nil): x
    }
  }
}
