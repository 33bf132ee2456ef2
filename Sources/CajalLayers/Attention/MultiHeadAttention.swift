public import CajalAutodiff
public import CajalTensor

/// Multi-head attention with dense projections without bias (Vaswani et al. 2017).
public struct MultiHeadAttention: Sendable {
  /// `[width, keyChannels]`
  public let q: Dense
  /// `[memoryWidth, keyChannels]`
  public let k: Dense
  /// `[memoryWidth, valueChannels]`
  public let v: Dense
  /// `[valueChannels, width]`
  public let outputTransform: Dense
  /// The number of heads.
  public let heads: Int
  /// Dropout of the softmax weights.
  public let dropout: Float

  /// Declares `q`, `k`, `v` and `output_transform` under `name`.
  public init(
    _ name: String, width: Int, keyChannels: Int, valueChannels: Int, heads: Int,
    dropout: Float = 0, initializer: Initializer, in builder: inout ParameterBuilder
  ) {
    func dense(_ name: String, _ inputs: Int, _ outputs: Int, _ builder: inout ParameterBuilder)
      -> Dense
    {
      Dense(
        name, inputs: inputs, outputs: outputs, hasBias: false, initializer: initializer,
        in: &builder)
    }
    (q, k, v, outputTransform) = builder.scope(name) { builder in
      let q = dense("q", width, keyChannels, &builder)
      let k = dense("k", width, keyChannels, &builder)
      let v = dense("v", width, valueChannels, &builder)
      return (q, k, v, dense("output_transform", valueChannels, width, &builder))
    }
    self.heads = heads
    self.dropout = dropout
  }

  /// Queries from `x` `[batch, queries, width]`, keys and values from `memory` `[batch, keys,
  /// width]` (`x` itself for self-attention); the result has the shape of `x`.
  public func callAsFunction(
    _ x: Variable, memory: Variable? = nil, plan: AttentionPlan, _ pass: ForwardPass
  ) -> Variable {
    let memory = memory ?? x
    let attended = q(x, pass).attention(
      keys: k(memory, pass), values: v(memory, pass), plan: plan, heads: heads,
      dropout: pass.dropoutKey(rate: dropout))
    return outputTransform(attended, pass)
  }
}
