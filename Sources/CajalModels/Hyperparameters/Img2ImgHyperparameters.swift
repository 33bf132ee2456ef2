/// The hyperparameters of an `Img2ImgTransformer` and its training, under tensor2tensor's names.
///
/// In JSON and on the command line the names are tensor2tensor's own, such as `hidden_size`. The
/// default of every field is that of `img2img_transformer2d_base`. Hyperparameters that
/// tensor2tensor does not have are marked.
public struct Img2ImgHyperparameters: ModelHyperparameters {
  // MARK: Size

  /// Width of the residual stream, H.
  public var hiddenSize = 512
  /// Width of the feed-forward layers, F.
  public var filterSize = 2048
  /// Attention heads; they divide the key and value widths.
  public var numHeads = 8
  /// Layers of the encoder.
  public var numEncoderLayers = 4
  /// Layers of the decoder.
  public var numDecoderLayers = 8
  /// Width of queries and keys over all heads; 0 is `hidden_size`.
  public var attentionKeyChannels = 0
  /// Width of values over all heads; 0 is `hidden_size`.
  public var attentionValueChannels = 0

  // MARK: Pictures

  /// Rows and columns of a target picture.
  public var imgLen = 32
  /// Channels of inputs and targets: 3, or 1 for gray.
  public var numChannels = 3

  // MARK: Attention

  /// Self-attention of the encoder: `global`, `local_1d` or `local_2d`.
  public var encAttentionType = EncoderAttention.global
  /// Self-attention of the decoder: `local_2d`, `local_1d`, `local_1d_noncausal`, `local_block`,
  /// `dilated`, `global` (tensor2tensor's, which has no mask and is not causal) or `global_causal`
  /// (not in tensor2tensor).
  public var decAttentionType = DecoderAttention.local2D
  /// Rows and columns (in sub-pixels) of a block of `local_2d`.
  public var queryShape = [16, 16]
  /// Rows above and columns beside a block that it attends to.
  public var memoryFlange = [16, 32]
  /// Positions in a block of the one-dimensional kinds.
  public var blockLength = 256
  /// Positions beside a block that `local_1d_noncausal`, the encoder's `local_1d` and `dilated`
  /// attend to.
  public var blockWidth = 128
  /// The gap of each decoder layer, for `dilated`.
  public var gapSizes: [Int] = []
  /// Windows before the own block, for `dilated`.
  public var numMemoryBlocks = 2

  // MARK: Layers

  /// The preprocessing of each sub-layer; see `ProcessSequence`.
  public var layerPreprocessSequence = "n"
  /// The postprocessing of each sub-layer; see `ProcessSequence`.
  public var layerPostprocessSequence = "da"
  /// Dropout of both inputs and of every `d` in the sequences, in training.
  public var layerPrepostprocessDropout: Float = 0.1
  /// Dropout after the ReLU of the feed-forward layers, in training.
  public var reluDropout: Float = 0
  /// Dropout of the softmax weights of global and encoder-decoder attention, in training.
  public var attentionDropout: Float = 0
  /// Added to the variance in layer normalization.
  public var normEpsilon: Float = 1e-6
  /// Position signal: `timing` (sinusoids) or `emb` (learned).
  public var pos = Position.timing
  /// Rows of the learned position tables.
  public var maxLength = 256

  // MARK: Beyond tensor2tensor

  /// How the decoder is conditioned on the input (not in tensor2tensor, whose way is
  /// `cross_attention`). With `aligned`, each sub-pixel also gets an embedding of the bicubically
  /// enlarged input at its place.
  public var conditioning = Conditioning.crossAttention
  /// The decoder's input at a sub-pixel (not in tensor2tensor, whose way is `block`: the one
  /// before it in its query block). With `decode_order` it is the one decoded before it, also
  /// across blocks.
  public var shift = Shift.block
  /// The meaning of the embedding and the output classes of a target sub-pixel (not in
  /// tensor2tensor, whose way is `value`). With `residual` it is the value minus the enlarged
  /// input's there, modulo 256.
  public var targetCoding = TargetCoding.value
  /// The number of already decoded neighbors of a sub-pixel that are embedded at its place besides
  /// the one before it: the same channel to the left, above, above left, above right, in this
  /// order (not in tensor2tensor, whose number is 0).
  public var neighborEmbeddings = 0

  /// What a training step keeps of each layer for the backward pass (not in tensor2tensor, whose
  /// way is `keep`). With `recompute` it is the layer's input, from which the backward pass
  /// computes the layer again: the same bits with the memory of one layer, for one more forward
  /// pass.
  public var layerActivations = LayerActivations.keep

  // MARK: Loss and initialization

  /// The distribution that the output stands for: `cat`, over the values of each sub-pixel, or
  /// `dmol`, a mixture of discretized logistics over the channels of each pixel. With `dmol` the
  /// decoder's sequence is of pixels.
  public var likelihood = Likelihood.categorical
  /// Components of the mixture of `dmol`.
  public var numMixtures = 10
  /// Probability mass of the target that is spread over the wrong values, in training.
  public var labelSmoothing: Float = 0
  /// The gain of uniform unit scaling.
  public var initializerGain: Float = 0.2

  // MARK: Training

  /// Pictures in a batch.
  public var batchSize = 1
  /// `adam` or `true_adam` (tensor2tensor's, which are the same here), `adamw` or `momentum`.
  public var optimizer = "adam"
  /// β₁ of Adam.
  public var optimizerAdamBeta1 = 0.9
  /// β₂ of Adam.
  public var optimizerAdamBeta2 = 0.98
  /// ε of Adam.
  public var optimizerAdamEpsilon = 1e-9
  /// μ of stochastic gradient descent.
  public var optimizerMomentumMomentum = 0.9
  /// A factor of the schedule; the peak rate itself for `constant` and `cosine`.
  public var learningRate = 0.2
  /// `noam` (tensor2tensor's), `constant` or `cosine` (to zero at the end of training).
  public var learningRateDecayScheme = "noam"
  /// Steps until the peak.
  public var learningRateWarmupSteps = 12_000
  /// The largest global norm of the gradients; 0 does not clip.
  public var clipGradNorm = 0.0
  /// L2 penalty of the weights with `adam`, decoupled decay with `adamw`.
  public var weightDecay = 0.0
  /// Decay of the moving average of the weights that evaluation and decoding use; 0 keeps none (not
  /// in tensor2tensor).
  public var weightAverageDecay = 0.0

  /// The defaults: `img2img_transformer2d_base`.
  public init() {}
}

extension Img2ImgHyperparameters {
  /// Kinds of self-attention in the encoder.
  public enum EncoderAttention: String, Sendable, Codable, CaseIterable {
    /// full attention: every query attends to every key
    case global
    /// blocks of the flattened picture and their surroundings
    case local1D = "local_1d"
    /// two-dimensional blocks and a frame around them
    case local2D = "local_2d"
  }

  /// Kinds of self-attention in the decoder.
  public enum DecoderAttention: String, Sendable, Codable, CaseIterable {
    /// two-dimensional blocks, causal
    case local2D = "local_2d"
    /// one-dimensional blocks, causal
    case local1D = "local_1d"
    /// one-dimensional blocks, not causal
    case local1DNoncausal = "local_1d_noncausal"
    /// one-dimensional blocks, causal, without the previous block
    case localBlock = "local_block"
    /// one-dimensional blocks and windows at growing distances before them, causal
    case dilated
    /// no mask, as tensor2tensor has it
    case global
    /// full causal attention
    case globalCausal = "global_causal"

    /// Whether no sub-pixel attends to later ones.
    public var isCausal: Bool { self != .global && self != .local1DNoncausal }
  }

  /// Position signals.
  public enum Position: String, Sendable, Codable, CaseIterable {
    /// sinusoids
    case timing
    /// learned tables
    case embedding = "emb"
  }

  /// Ways to condition the decoder on the input.
  public enum Conditioning: String, Sendable, Codable, CaseIterable {
    /// attention over the encoder's output alone
    case crossAttention = "cross_attention"
    /// and an embedding of the enlarged input at each place
    case aligned
  }

  /// The decoder's input sub-pixel at a place.
  public enum Shift: String, Sendable, Codable, CaseIterable {
    /// the one before in the query block, none at a block's start
    case block
    /// the one decoded before
    case decodeOrder = "decode_order"
  }

  /// Distributions of the output.
  public enum Likelihood: String, Sendable, Codable, CaseIterable {
    /// over the values of each sub-pixel
    case categorical = "cat"
    /// a mixture of discretized logistics over the channels of each pixel
    case logisticMixture = "dmol"
  }

  /// The meaning of a target's classes.
  public enum TargetCoding: String, Sendable, Codable, CaseIterable {
    /// its value
    case value
    /// its difference from the enlarged input
    case residual
  }

  /// What a training step keeps of each layer for the backward pass.
  public enum LayerActivations: String, Sendable, Codable, CaseIterable {
    /// everything that its derivatives need
    case keep
    /// its input; the rest is computed again
    case recompute
  }
}
