import CajalAutodiff
import CajalLayers
import CajalTensor

/// The distributions of pixels given what is known of their pictures.
///
/// Holds no tape, so that several threads can evaluate pixels side by side.
struct HeadEvaluation: Sendable {
  private let network: RestorationNetwork
  private let parameters: ParameterValues
  /// The features of all pixels, as the network's `pixelFeatures` gives them.
  private let features: Tensor<Float>
  private let known: CausalContext.Pictures
  /// The trunk's predictions of all pixels on the host, `[pixels, channels]`.
  private let locations: Tensor<Float>

  /// - Parameters:
  ///   - network: The network.
  ///   - parameters: Its weights.
  ///   - features: The features of all pixels.
  ///   - known: What is known of the pictures.
  ///   - hostPredicted: The trunk's pictures on the host.
  init(
    _ network: RestorationNetwork, _ parameters: ParameterValues, features: Tensor<Float>,
    known: CausalContext.Pictures, hostPredicted: Tensor<Float>
  ) {
    (self.network, self.parameters, self.features) = (network, parameters, features)
    self.known = known
    let channels = network.channels
    locations = hostPredicted.reshaped([hostPredicted.count / channels, channels])
  }

  /// The parameters of the distributions of some pixels on the host, `[pixels, width]`, and their
  /// locations `[pixels, channels]`.
  ///
  /// - Throws: ``PredictionError/nonFiniteLogits``.
  func output(
    _ numbers: [Int32]
  ) throws(PredictionError) -> (output: Tensor<Float>, location: Tensor<Float>) {
    let pass = ForwardPass(tape: Tape(), parameters: parameters)
    let pixels = Pixels(
      numbers, network, columns: known.predicted.shape[2], on: parameters.device)
    let output = network.output(
      pixels, features: pass.tape.constant(features), known: known, pass
    ).value.copied(to: .cpu)
    guard output.allFinite else { throw .nonFiniteLogits }
    return (output, locations.gather(pixels.hostNumbers))
  }

  /// The entropies of the distributions of some pixels in nats, each channel's given the values of
  /// the channels before it.
  ///
  /// - Parameters:
  ///   - numbers: The pixels.
  ///   - values: Whole numbers on the host, of the shape of the pictures.
  /// - Throws: ``PredictionError/nonFiniteLogits``.
  func entropies(
    _ numbers: [Int32], given values: Tensor<Float>
  ) throws(PredictionError) -> [Double] {
    let (output, location) = try output(numbers)
    let rows = values.reshaped([values.count / network.channels, network.channels])
    return network.distribution.entropy(
      output, location: location, given: rows.gather(Tensor(numbers)).cast(to: Int32.self)
    ).scalars
  }
}
