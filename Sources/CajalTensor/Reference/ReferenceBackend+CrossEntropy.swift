import Foundation

extension ReferenceBackend {
  /// Per row: the cross-entropy of `softmax(logits)` against the smoothed label, minus its least
  /// value.
  package func crossEntropy(
    logits: UnsafePointer<Float>, labels: UnsafePointer<Int32>, smoothing: Float,
    _ losses: UnsafeMutablePointer<Float>, rows: Int, width: Int
  ) {
    let target = SmoothedLabel(smoothing: smoothing, width: width)
    for row in 0..<rows {
      let input = unsafe logits + row * width
      let label = unsafe Int(labels[row])
      let logSum = unsafe logSumExp(input, count: width)
      let loss = (0..<width).reduce(0.0) { sum, j in
        let probability = target.probability(of: j, label: label)
        // A class without probability adds nothing, even where its logit is -infinity.
        return unsafe probability == 0 ? sum : sum - probability * (Double(input[j]) - logSum)
      }
      unsafe losses[row] = Float(loss - target.entropy)
    }
  }

  /// `scale * (softmax(logits) - target)`
  package func crossEntropyGradient(
    logits: UnsafePointer<Float>, labels: UnsafePointer<Int32>, smoothing: Float, scale: Float,
    _ logitsGradient: UnsafeMutablePointer<Float>, rows: Int, width: Int
  ) {
    let target = SmoothedLabel(smoothing: smoothing, width: width)
    for row in 0..<rows {
      let input = unsafe logits + row * width
      let label = unsafe Int(labels[row])
      let logSum = unsafe logSumExp(input, count: width)
      for j in 0..<width {
        let difference =
          unsafe exp(Double(input[j]) - logSum) - target.probability(of: j, label: label)
        unsafe logitsGradient[row * width + j] = Float(Double(scale) * difference)
      }
    }
  }
}

/// The distribution that a label stands for: `1 - smoothing` on itself, the rest spread evenly.
private struct SmoothedLabel {
  let onLabel: Double
  let elsewhere: Double
  /// The entropy in nats, as ``Backend/crossEntropy(logits:labels:smoothing:_:rows:width:)`` states
  /// it.
  let entropy: Double

  init(smoothing: Float, width: Int) {
    let others = Double(width - 1)
    onLabel = 1 - Double(smoothing)
    elsewhere = width > 1 ? Double(smoothing) / others : 0
    let onLabelTerm = onLabel > 0 ? onLabel * log(onLabel) : 0
    entropy = -(onLabelTerm + others * elsewhere * log(elsewhere + 1e-20))
  }

  func probability(of index: Int, label: Int) -> Double {
    index == label ? onLabel : elsewhere
  }
}
