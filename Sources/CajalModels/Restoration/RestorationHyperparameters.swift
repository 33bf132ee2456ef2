/// The hyperparameters of a ``RestorationModel``.
///
/// Every stored property is part of a run's configuration.
public struct RestorationHyperparameters: Sendable, Hashable, Codable {
  /// The network that predicts the picture.
  public enum Trunk: String, Sendable, Hashable, Codable, CaseIterable {
    /// Convolution residual blocks at the input's resolution.
    case convolutions
    /// Transformer layers at the input's resolution.
    case transformer
    /// A U-Net at the target's resolution, pix2pix' generator; `trunk_blocks` is its depth.
    case uNet = "u_net"
  }

  // MARK: Trunk

  /// The kind of trunk.
  public var trunk = Trunk.convolutions
  /// Channels of the trunk; of a U-Net those of its first level.
  public var trunkWidth = 96
  /// Residual blocks of convolutions, layers of a transformer, or levels of a U-Net.
  public var trunkBlocks = 5

  // MARK: Head

  /// Features of the trunk that the head gets for each pixel.
  public var headFeatures = 32
  /// The width of the head.
  public var headWidth = 128
  /// Layers of the head.
  public var headLayers = 3
  /// Logistic distributions in the mixture that a pixel is predicted with.
  public var mixtureComponents = 5

  // MARK: Adversarial fine-tuning

  /// The weight of the adversarial loss with which a copy of the trunk is trained to draw pictures
  /// that look like the targets, while trunk and head stay as they are; 0 is off.
  public var adversarialWeight: Float = 0
  /// The weight of the distance between the discriminator's features of picture and target.
  public var featureMatchingWeight: Float = 0.1
  /// The weight of the distance between the picture's block means and the input.
  public var consistencyWeight: Float = 0.5
  /// Pictures in a batch.
  public var adversarialBatchSize = 16
  /// Numbers in the code that varies the copy's pictures, and that the discriminator has to tell from
  /// them (InfoGAN, Chen et al. 2016); 0 is off.
  public var adversarialCode = 0
  /// The weight of the mean squared error of the code that the discriminator tells, at first about
  /// 1/3. 1 is InfoGAN's; with 0.1 codes are not learned beside the other terms.
  public var adversarialCodeWeight: Float = 1
  /// The learning rate of the copy.
  public var crispLearningRate = 2e-4
  /// The learning rate of the discriminator.
  public var discriminatorLearningRate = 4e-4

  // MARK: Training

  /// Pictures in a batch, but for adversarial fine-tuning.
  public var batchSize = 8
  /// Random pixels of a picture that the head is trained on in a step.
  public var pixelsPerPicture = 256
  /// The share of pixels that those decoded after them see changed in training, 0 to 1; 0 is off.
  ///
  /// A model that has only seen true neighbors takes a rare sample for the beginning of something:
  /// samples drift away from what it knows, and have specks. The residual of such a pixel (value
  /// minus trunk's picture) is multiplied with -1.5.
  public var contextNoise: Float = 0.15
  /// The weight of the nats per sub-pixel in the loss, beside the mean absolute error / 16.
  public var natsWeight: Float = 0.1
  /// The peak of the trunk's learning rate.
  public var trunkLearningRate = 1e-3
  /// The peak of the head's learning rate.
  public var headLearningRate = 2e-3
  /// Steps in which the learning rates rise.
  public var learningRateWarmupSteps = 50
  /// Decay of the first moments.
  public var optimizerAdamBeta1 = 0.9
  /// Decay of the second moments.
  public var optimizerAdamBeta2 = 0.98
  /// Decoupled weight decay.
  public var weightDecay = 0.01
  /// The norm that the gradients of trunk and head are each clipped to; 0 is off.
  public var clipGradNorm = 0.5
  /// Decay of the moving average of the weights.
  public var weightAverageDecay = 0.99

  /// The set `restoration_base`.
  public init() {}
}
