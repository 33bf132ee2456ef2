// tensor2tensor's sets as far as they can run, and our own. The one-dimensional sets lack the input
// embedding in tensor2tensor, so that they cannot be built for these problems; here every set has
// it.

extension Img2ImgHyperparameters {
  /// Our small model: the size of ``img2imgTransformer2DTiny`` with the enlarged input beside every
  /// sub-pixel, residual targets and AdamW. What the demo and the README use.
  public static var cajal2DTiny: Self { img2imgTransformer2DTiny.with(useOurs) }

  /// Our large model: the size of ``img2imgTransformer2DBase``.
  public static var cajal2DBase: Self { img2imgTransformer2DBase.with(useOurs) }

  /// tensor2tensor's `img2img_transformer2d_base`.
  public static var img2imgTransformer2DBase: Self { Self() }

  /// tensor2tensor's `img2img_transformer2d_tiny`.
  public static var img2imgTransformer2DTiny: Self {
    Self().with {
      $0.hiddenSize = 128
      $0.filterSize = 128
      $0.numHeads = 4
      $0.numDecoderLayers = 2
      $0.batchSize = 4
      $0.maxLength = 128
    }
  }

  private static func useOurs(_ set: inout Self) {
    set.conditioning = .aligned
    set.shift = .decodeOrder
    set.targetCoding = .residual
    set.neighborEmbeddings = 4
    set.layerPrepostprocessDropout = 0
    set.batchSize = 8
    set.optimizer = "adamw"
    set.weightDecay = 0.01
    set.learningRate = 2e-3
    set.learningRateDecayScheme = "cosine"
    set.learningRateWarmupSteps = 100
    set.clipGradNorm = 1
    set.weightAverageDecay = 0.999
  }

  private static func set(
    _ name: String, from base: Self, _ change: (inout Self) -> Void = { _ in }
  ) -> NamedSet {
    (name, base.with(change))
  }

  /// Our sets, then tensor2tensor's.
  public static var sets: [NamedSet] {
    let base = img2imgTransformer2DBase
    let q1 = base.with {
      $0.batchSize = 2
      $0.layerPreprocessSequence = "none"
      $0.layerPostprocessSequence = "dan"
      $0.memoryFlange = [16, 64]
    }
    let base1D = base.with {
      $0.decAttentionType = .local1D
      $0.blockWidth = 256
    }
    let b3 = base1D.with {
      $0.batchSize = 2
      $0.layerPreprocessSequence = "none"
      $0.layerPostprocessSequence = "dan"
      $0.blockLength = 128
    }
    return ours + twoDimensional(base: base, q1: q1) + oneDimensional(base: base1D, b3: b3)
  }

  private static var ours: [NamedSet] {
    [set("cajal2d_tiny", from: cajal2DTiny), set("cajal2d_base", from: cajal2DBase)]
  }

  private static func twoDimensional(base: Self, q1: Self) -> [NamedSet] {
    [
      set("img2img_transformer2d_base", from: base),
      set("img2img_transformer2d_tiny", from: img2imgTransformer2DTiny),
      set("img2img_transformer_tiny", from: img2imgTransformer2DTiny) {
        $0.numHeads = 1
        $0.numDecoderLayers = 8
      },
      set("img2img_transformer2d_q1", from: q1),
      set("img2img_transformer2d_q2", from: q1) { $0.memoryFlange = [16, 32] },
      set("img2img_transformer2d_q3", from: q1) {
        $0.queryShape = [8, 16]
        $0.memoryFlange = [8, 32]
      },
      set("img2img_transformer2d_n3", from: base) {
        $0.numDecoderLayers = 12
        $0.queryShape = [16, 32]
        $0.memoryFlange = [16, 16]
        $0.layerPrepostprocessDropout = 0
      },
      set("img2img_transformer2d_n31", from: base) {
        $0.numEncoderLayers = 6
        $0.numDecoderLayers = 12
        $0.queryShape = [16, 32]
      },
      set("img2img_transformer2d_n24", from: base) {
        $0.hiddenSize = 1024
        $0.layerPrepostprocessDropout = 0.2
        $0.queryShape = [8, 16]
        $0.memoryFlange = [8, 32]
      },
      set("img2img_transformer2d_n44", from: base) {
        $0.queryShape = [8, 16]
        $0.memoryFlange = [8, 32]
      },
      set("img2img_transformer2d_n103", from: base) {
        $0.numEncoderLayers = 6
        $0.numDecoderLayers = 12
        $0.queryShape = [8, 32]
        $0.memoryFlange = [8, 64]
      },
    ]
  }

  private static func oneDimensional(base: Self, b3: Self) -> [NamedSet] {
    [
      set("img2img_transformer_base", from: base),
      set("img2img_transformer_b1", from: b3) { $0.blockLength = 512 },
      set("img2img_transformer_b2", from: b3) { $0.blockLength = 256 },
      set("img2img_transformer_b3", from: b3),
      set("img2img_transformer_base_tpu", from: base) {
        $0.batchSize = 2
        $0.numHeads = 4
        $0.optimizer = "true_adam"
      },
      set("img2img_transformer_tiny_tpu", from: base) {
        $0.batchSize = 2
        $0.hiddenSize = 16
        $0.numHeads = 2
        $0.optimizer = "true_adam"
      },
      set("img2img_transformer_dilated", from: base) {
        $0.imgLen = 64
        $0.decAttentionType = .dilated
        $0.blockLength = 128
        $0.blockWidth = 128
        $0.numMemoryBlocks = 1
        $0.gapSizes = [0, 16, 64, 0, 16, 64, 128, 0]
      },
    ]
  }
}
