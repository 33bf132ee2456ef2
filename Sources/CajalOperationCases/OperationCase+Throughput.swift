import CajalAutodiff
import CajalLayers
import CajalTensor

extension OperationCase {
  /// The operations of a transformer on 32 × 32 tiles at sizes worth timing.
  public static var throughput: [OperationCase] {
    [
      dense(rows: 1024, inner: 256, columns: 256, relu: false),
      dense(rows: 3072, inner: 256, columns: 1024, relu: true),
      batch([64], rows: 64, inner: 64, columns: 64),
      softmax([3072, 256]), layerNorm([3072, 256], epsilon: 1e-6),
      meanCrossEntropy([3072, 256], smoothing: 0.1),
      gather(count: 3072, from: 256, width: 256),
      logisticMixture(
        LogisticMixtureGeometry(components: 5, channels: 3, unit: 8, logScales: -5...4), rows: 2048
      ),
      causalContext(
        CausalContextGeometry(images: 8, rows: 32, columns: 32, channels: 3, ratio: 4), count: 2048),
      attention(
        "global 1024", global(1024, 1024), batch: 1, heads: 4, keyWidth: 64, valueWidth: 64),
      attention("causal 1024", causal(1024), batch: 1, heads: 4, keyWidth: 64, valueWidth: 64),
      attention("causal 3072", causal(3072), batch: 1, heads: 4, keyWidth: 32, valueWidth: 32),
    ]
  }

  /// Those, and attention and the pictures' operations at the sizes of the base models, whose tiles
  /// and paths the small cases of the table do not reach.
  public static var modelSizes: [OperationCase] {
    let pattern = AttentionPattern.local2D(
      block: BlockShape(rows: 16, columns: 16), flange: BlockShape(rows: 16, columns: 32))
    return throughput + [
      dense(rows: 12288, inner: 512, columns: 2048, relu: true),
      attention(
        "local 32 × 96", pattern.plan(for: pattern.order(rows: 32, columns: 96)), batch: 1,
        heads: 8, keyWidth: 64, valueWidth: 64),
      attention("3072 to 192", global(3072, 192), batch: 1, heads: 8, keyWidth: 64, valueWidth: 64),
      attention("causal 1024", causal(1024), batch: 1, heads: 2, keyWidth: 128, valueWidth: 128),
      convolution([8, 32, 32, 64], kernel: (3, 3), results: 64, stride: 1, padding: 1),
      convolution([8, 32, 32, 3], kernel: (3, 3), results: 64, stride: 1, padding: 1),
      convolution([8, 32, 32, 64], kernel: (3, 3), results: 3, stride: 1, padding: 1),
      groupNorm([8, 32, 32, 64], groups: 8),
    ]
  }

  /// Operations that memory bounds, each with 2²⁵ elements: more than caches hold.
  public static var bandwidth: [OperationCase] {
    let shape: Shape = [32768, 1024]
    func elements(
      _ name: String, _ inputs: Int, _ operation: @escaping @Sendable ([Variable]) -> Variable
    ) -> OperationCase {
      OperationCase(
        "\(name) of \(shape)", Array(repeating: Input(shape), count: inputs), flops: shape.count,
        operation)
    }
    return [
      elements("relu", 1) { $0[0].relu() }, elements("gelu", 1) { $0[0].gelu() },
      elements("add", 2) { $0[0] + $0[1] },
      elements("dropout", 1) {
        $0[0].dropout(DropoutKey(RandomKey(seed: 3, stream: 4, step: 5), rate: 0.1))
      },
      softmax(shape), layerNorm(shape, epsilon: 1e-6), layerNormOfSum(shape, drops: true),
      groupNorm([512, 32, 32, 64], groups: 8),
    ]
  }
}
