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
}
