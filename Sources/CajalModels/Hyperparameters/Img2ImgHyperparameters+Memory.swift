import CajalLayers
import Foundation

// Computed in Double, which products of any hyperparameters fit.

extension Img2ImgHyperparameters {
  /// The maximum number of parameters of a model: 2³⁰, or 4.3 GB of weights. A training run holds
  /// four to five times as much: gradients for each replica, moments, the average.
  public static let maximumParameterCount = 1 << 30

  /// The maximum estimated memory for the activations of one picture in training: 2³⁵ bytes, 34
  /// GB.
  public static let maximumActivationBytes = 1 << 35

  /// The number of trainable numbers.
  var parameterCount: Double {
    let (width, filter) = (Double(hiddenSize), Double(filterSize))
    func processing(_ sequence: String) -> Double {
      guard sequence != "none" else { return 0 }
      return (sequence.contains("n") ? 2 * width : 0) + (sequence.contains("z") ? 1 : 0)
    }
    let before = processing(layerPreprocessSequence)
    let after = processing(layerPostprocessSequence)
    let attention = 2 * width * (Double(keyChannels) + Double(valueChannels))
    let feedForward = 2 * width * filter + filter + width
    let isMixture = likelihood == .logisticMixture
    let levels = Double(ChannelEmbedding.levels)
    let channels = Double(numChannels)
    let tables = (isMixture ? 1 : 2) + neighborEmbeddings + (conditioning == .aligned ? 1 : 0)
    let pixelEmbedding = isMixture ? (channels + 1) * width : 0
    let output = (width + (isMixture ? 0 : 1)) * Double(outputWidth)
    let encoderLayer = attention + feedForward + 2 * (before + after)
    let decoderLayer =
      2 * attention + feedForward + 3 * (before + after)
      + (decAttentionType == .localBlock ? before : 0)
    return Double(tables) * levels * channels * width + pixelEmbedding
      + (pos == .embedding ? 4 * Double(maxLength) * width : 0)
      + Double(numEncoderLayers) * encoderLayer + Double(numDecoderLayers) * decoderLayer
      + 2 * before + output
  }

  /// The estimated bytes of one picture's activations and gradients in training, attention plans
  /// included.
  func activationBytes(inputRows: Int, inputColumns: Int) -> Double {
    let channels = Double(numChannels)
    let inputs = Double(inputRows) * Double(inputColumns) * channels
    let targets = Double(imgLen) * Double(targetColumns)
    let width = Double(hiddenSize)
    let attention = 2 * (Double(keyChannels) + Double(valueChannels))
    let feedForward = 4 * width + 2 * Double(filterSize)
    func layers(_ count: Int, _ inside: Double) -> Double {
      switch layerActivations {
      case .keep: Double(count) * inside
      case .recompute: Double(count) * width + (count > 0 ? inside : 0)
      }
    }
    let encoder = inputs * (layers(numEncoderLayers, attention + feedForward) + 4 * width)
    let decoder = targets * (layers(numDecoderLayers, 2 * attention + feedForward) + 6 * width)
    let logits = targets * 2 * Double(outputWidth)
    var pairs = inputs * targets
    if encAttentionType == .global { pairs += inputs * inputs }
    if decAttentionType == .global || decAttentionType == .globalCausal {
      pairs += targets * targets
    }
    // A tile of 64 × 64 pairs is listed in eight bytes.
    return 8 * (encoder + decoder + logits) + pairs / 512
  }

  /// Checks the size of the model before allocating memory for it.
  func validateMemory(inputRows: Int, inputColumns: Int) throws {
    let count = parameterCount
    guard count <= Double(Self.maximumParameterCount) else {
      throw HyperparameterError(
        name: culprit { $0.parameterCount },
        reason: "the model needs \(Self.gigabytes(4 * count)) for \(Self.whole(count)) parameters; "
          + "at most \(Self.maximumParameterCount) "
          + "(\(Self.gigabytes(4 * Double(Self.maximumParameterCount)))) are possible")
    }
    let bytes = activationBytes(inputRows: inputRows, inputColumns: inputColumns)
    guard bytes <= Double(Self.maximumActivationBytes) else {
      throw HyperparameterError(
        name: culprit { $0.activationBytes(inputRows: inputRows, inputColumns: inputColumns) },
        reason: "one picture of \(imgLen)×\(imgLen) from \(inputRows)×\(inputColumns) needs "
          + "\(Self.gigabytes(bytes)) in training; at most "
          + "\(Self.gigabytes(Double(Self.maximumActivationBytes))) are possible")
    }
  }

  /// The hyperparameter whose excess over its default contributes most to an amount.
  private func culprit(_ amount: (Self) -> Double) -> String {
    let sizes: [(CodingKeys, WritableKeyPath<Self, Int>)] = [
      (.hiddenSize, \.hiddenSize), (.filterSize, \.filterSize), (.maxLength, \.maxLength),
      (.attentionKeyChannels, \.attentionKeyChannels),
      (.attentionValueChannels, \.attentionValueChannels), (.imgLen, \.imgLen),
      (.numEncoderLayers, \.numEncoderLayers), (.numDecoderLayers, \.numDecoderLayers),
    ]
    let usual = Self()
    let left = sizes.map { key, path in
      let smaller = with { $0[keyPath: path] = min($0[keyPath: path], usual[keyPath: path]) }
      return (key: key, amount: amount(smaller))
    }
    return left.min { $0.amount < $1.amount }?.key.rawValue ?? CodingKeys.hiddenSize.rawValue
  }

  private static func gigabytes(_ bytes: Double) -> String {
    String(format: "%.1f GB", bytes / 1e9)
  }

  private static func whole(_ number: Double) -> String { String(format: "%.0f", number) }
}
