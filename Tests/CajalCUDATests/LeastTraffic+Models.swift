import Cajal
import CajalTensor

extension LeastTraffic {
  /// A training step of an Image Transformer with a vocabulary of classes, embeddings of neighbors
  /// and the enlarged input, normalization before each sub-layer and dropout after it.
  static func step(of model: Img2ImgTransformer, batch: Int) -> LeastTraffic {
    let h = model.hyperparameters
    let (width, filter) = (h.hiddenSize, h.filterSize)
    let rows = batch * model.decodeOrder.count
    let memory = batch * model.inputRows * model.inputColumns * model.channels
    var least = LeastTraffic()

    /// What a stack begins with: the embedding's sum with its position and dropout, and its
    /// normalization, are written. Backward the gradients of both and the sum are read, and what the
    /// tables get is written; it is read once for all tables.
    func begin(_ rows: Int) {
      least.add(.tables, 2 * rows * width)
      least.add(.between, 3 * rows * width, rows * width)
      least.add(.tables, rows * width)
    }
    /// Attention with its projections. The gradients of queries, keys and values are added where they
    /// are of one tensor.
    func attend(_ rows: Int, over keys: Int, isSelf: Bool, addsToMemory: Bool) {
      least.addProduct(rows: rows, width, width)
      for number in 0..<2 {
        least.addProduct(
          rows: keys, width, width, adds: isSelf || addsToMemory || number == 1)
      }
      least.addAttention(queries: rows, keys: keys, width: width, heads: h.numHeads)
      least.addProduct(rows: rows, width, width)
      least.addResidualNorm(rows * width, hasDropout: true)
    }
    func feedForward(_ rows: Int) {
      least.addProduct(rows: rows, width, filter)
      least.addActivationGradient(rows * filter)
      least.addProduct(rows: rows, filter, width)
      least.addResidualNorm(rows * width, hasDropout: true)
    }

    begin(memory)
    for _ in 0..<h.numEncoderLayers {
      attend(memory, over: memory, isSelf: true, addsToMemory: false)
      feedForward(memory)
    }
    begin(rows)
    for layer in 0..<h.numDecoderLayers {
      attend(rows, over: rows, isSelf: true, addsToMemory: false)
      attend(rows, over: memory, isSelf: false, addsToMemory: layer > 0)
      feedForward(rows)
    }
    let classes = model.distribution.width
    least.addProduct(rows: rows, width, classes)
    // The logits are read, and their gradient written.
    least.add(.losses, 2 * rows * classes)
    least.addUpdate(parameters: model.layout.parameterCount)
    return least
  }

  /// A training step of a restoration model with a trunk of convolutions, whose head sees noise, and
  /// which predicts a mixture for so many pixels.
  static func step(of model: RestorationModel, batch: Int, inputRows: Int) -> LeastTraffic {
    let h = model.hyperparameters
    let configuration = model.configuration
    let (channels, factor) = (configuration.channels, configuration.ratio)
    let (trunk, head) = (h.trunkWidth, h.headWidth)
    let positions = batch * inputRows * inputRows
    let picture = positions * factor * factor * channels
    let features = factor * factor * h.headFeatures
    let pixels = batch * h.pixelsPerPicture
    let context = Tensor<Float>.causalContextWidth(
      channels: channels, hasInputs: configuration.inputsAreBlockMeans)
    let outputs = LogisticMixtureDistribution(components: h.mixtureComponents, channels: channels)
      .width
    var least = LeastTraffic()

    // The trunk. Sums are a pass; the gradient of a block's first convolution is added to that of the
    // residual.
    least.addConvolution(
      positions: positions, channels, trunk, window: 3, needsGradient: false)
    for _ in 0..<h.trunkBlocks {
      least.addConvolution(positions: positions, trunk, trunk, window: 3, adds: true)
      least.addActivationGradient(positions * trunk)
      least.addConvolution(positions: positions, trunk, trunk, window: 3)
      least.add(.between, 3 * positions * trunk)
    }
    least.addConvolution(positions: positions, trunk, trunk, window: 3, adds: true)
    least.add(.between, 3 * positions * trunk)
    least.addConvolution(positions: positions, trunk, factor * factor * channels, window: 3)
    // Three passes: differences and the enlarged input make the picture; picture and targets make the
    // gradient of the absolute error, and what the head is shown of the targets.
    least.add(.between, 9 * picture)

    // What the head knows of its pixels: features, of which backward all get a gradient, and the
    // context, for which predicted, true and shown pictures are read.
    least.addProduct(rows: positions, trunk, features, adds: true)
    least.add(.tables, 2 * pixels * h.headFeatures)
    least.add(.tables, pixels * h.headFeatures, positions * features)
    least.add(.tables, 3 * picture, pixels * context)
    least.addProduct(rows: pixels, h.headFeatures, head)
    // Added to the features' product.
    least.addProduct(rows: pixels, context, head, needsGradient: false)
    least.add(.products, pixels * head)
    // The sum with the place in its block, and its normalization; backward three are read.
    least.add(.between, 3 * pixels * head)
    least.add(.between, 4 * pixels * head)
    for _ in 0..<h.headLayers {
      least.addProduct(rows: pixels, head, 4 * head)
      // GELU: both it and what it is of are kept.
      least.add(.between, 8 * pixels * head)
      least.addActivationGradient(4 * pixels * head)
      least.addProduct(rows: pixels, 4 * head, head)
      least.addResidualNorm(pixels * head, hasDropout: false)
    }
    least.addProduct(rows: pixels, head, outputs)
    // The mixture's parameters are read, and their gradient written.
    least.add(.losses, 2 * pixels * outputs)
    least.addUpdate(parameters: model.layout.parameterCount)
    return least
  }
}
