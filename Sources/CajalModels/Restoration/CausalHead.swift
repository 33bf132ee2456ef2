import CajalAutodiff
import CajalLayers
import CajalTensor

/// Predicts the distribution of a pixel from what is known when it is decoded: the trunk's features
/// of the pixel, and its causal context.
///
/// A perceptron with residual layers, `x + w₂ · gelu(w₁ · norm(x))`. It knows a pixel's place in its
/// block but not in the picture, so that it works on pictures of any size.
struct CausalHead: Sendable {
  private struct Layer {
    let norm: LayerNorm
    let widening, narrowing: Dense
  }

  private let features: Convolution2D
  private let fromFeatures, fromContext: Dense
  private let placeInBlock: Parameter
  private let layers: [Layer]
  private let norm: LayerNorm
  private let output: Dense
  /// The factor between the resolutions of the trunk's features and of the pixels.
  private let factor: Int

  init(
    _ hyperparameters: RestorationHyperparameters, trunkWidth: Int, factor: Int, ratio: Int,
    contextWidth: Int, firstOutput: [Float], in builder: inout ParameterBuilder
  ) {
    let width = hyperparameters.headWidth, featureCount = hyperparameters.headFeatures
    self.factor = factor
    features = Convolution2D(
      "features", inputs: trunkWidth, outputs: factor * factor * featureCount, window: 1,
      in: &builder)
    func uniform(_ inputs: Int, _ outputs: Int, of fanIn: Int) -> Initializer {
      .uniformUnitScaling(gain: Float(inputs + outputs) / (6 * Float(fanIn)))
    }
    let inputs = featureCount + contextWidth
    fromFeatures = Dense(
      "from_features", inputs: featureCount, outputs: width,
      initializer: uniform(featureCount, width, of: inputs), in: &builder)
    fromContext = Dense(
      "from_context", inputs: contextWidth, outputs: width, hasBias: false,
      initializer: uniform(contextWidth, width, of: inputs), in: &builder)
    placeInBlock = builder.declare(
      "place_in_block", shape: [ratio * ratio, width],
      initializer: .normal(standardDeviation: 0.02))
    layers = (0..<hyperparameters.headLayers).map { index in
      builder.scope("layer_\(index)") {
        Layer(
          norm: LayerNorm(width: width, epsilon: 1e-5, in: &$0),
          widening: Dense(
            "widening", inputs: width, outputs: 4 * width,
            initializer: uniform(width, 4 * width, of: width), in: &$0),
          narrowing: Dense(
            "narrowing", inputs: 4 * width, outputs: width,
            initializer: .normal(standardDeviation: 0.2 / Float(4 * width).squareRoot()), in: &$0))
      }
    }
    norm = LayerNorm(width: width, epsilon: 1e-5, in: &builder)
    output = Dense(
      "output", inputs: width, outputs: firstOutput.count,
      initializer: .normal(standardDeviation: 0.01), biasInitializer: .values(firstOutput),
      in: &builder)
  }

  /// The features of every pixel, `[batch, rows, columns, factor² · headFeatures]`, from those of
  /// the trunk. A pixel shuffle would give each pixel its own, but as only some of them are read they
  /// are left block by block; see ``Pixels/featureRows``.
  func pixelFeatures(_ trunkFeatures: Variable, _ pass: ForwardPass) -> Variable {
    features(trunkFeatures, pass)
  }

  /// The features of blocks as rows, one for each pixel, `[pixels, headFeatures]`.
  func rows(of features: Variable) -> Variable {
    let width = features.shape[3] / (factor * factor)
    return features.reshaped([features.value.count / width, width])
  }

  /// The parameters of the distributions, `[pixels, outputs]`.
  ///
  /// - Parameters:
  ///   - features: `[pixels, headFeatures]`
  ///   - context: `[pixels, context]`
  ///   - places: The places in their blocks, `[pixels]`, row by row.
  ///   - pass: the pass.
  func callAsFunction(
    features: Variable, context: Tensor<Float>, places: Tensor<Int32>, _ pass: ForwardPass
  ) -> Variable {
    var x = PendingSum(
      pass.tape.sum([
        .elements(of: fromFeatures(features, pass)),
        .elements(of: fromContext(pass.tape.constant(context), pass)),
        .rows(of: pass(placeInBlock), places),
      ]))
    for layer in layers {
      let (sum, normalized) = layer.norm(x, pass)
      let widened = layer.widening.gelu(normalized, pass)
      x = PendingSum(layer.narrowing(widened, pass), residual: sum)
    }
    return output(norm(x, pass).normalized, pass)
  }
}
