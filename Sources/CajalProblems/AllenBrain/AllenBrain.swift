import CajalSupport
public import CajalImages

/// Sections of the mouse brain, as the Allen Institute publishes them: up-sampling, in-painting and
/// identity.
///
/// The counterpart of tensor2tensor's `img2img_allen_brain` problems. A target is a crop of a
/// stored tile; the input of up-sampling is the target averaged over areas and **truncated** to
/// integers, as the original's data show (with 8 → 32: the floor of the mean of each 4 × 4 block).
public struct AllenBrain: Problem {
  /// The prediction task.
  public enum Task: Sendable, Hashable {
    /// Predict a square of `to` pixels from itself at `from` pixels.
    case upsampling(from: Int, to: Int)
    /// Predict a square of `size` pixels from itself with a square hole, at a random place for each
    /// example, set to 0. Its maximum size is ``AllenBrain/holeArea``.
    case inpainting(size: Int)
    /// Predict a square of `size` pixels from itself.
    case identity(size: Int)
  }

  /// The prediction task.
  public private(set) var task: Task
  /// The meaning of a pixel's values.
  public var colorSpace = ColorSpace.rgb
  /// The pixel normalization of the model.
  public var valueNormalization = ValueNormalization.none
  /// Rows and columns of a stored tile.
  public var tileSize = 64
  /// The rule that detects tissue. Tiles and evaluation crops without tissue are dropped.
  public var tissueRule = TissueRule.lumaStandardDeviation(4)
  /// The flips and rotations applied to training crops.
  public var augmentation = Augmentation.flipsAndRotations
  /// The other random changes of training crops.
  public var cropJitter = CropJitter()
  /// Where training crops are taken.
  public var trainingCrops = TrainingCrops.all
  /// The area of the hole of in-painting as a fraction of the picture, at most; at least one pixel.
  /// tensor2tensor uses 1 %.
  public var holeArea = 0.01
  /// Other sizes of the input of up-sampling in the first part of a run.
  public var inputSchedule = InputSchedule()

  /// A problem with the usual options. If ``ProblemRegistry`` has no name for the sizes, the
  /// problem cannot be recreated from a stored data set or run; see ``init(named:)``.
  public init(_ task: Task) {
    switch task {
    case .upsampling(let from, let to):
      require(from > 0 && from <= to, "up-sampling from \(from) to \(to) pixels is not up")
    case .inpainting(let size), .identity(let size):
      require(size > 0, "a picture of \(size) pixels holds nothing")
    }
    self.task = task
  }

  /// 8 × 8 to 32 × 32: `allen-brain-8to32`.
  public static let dim8to32 = AllenBrain(.upsampling(from: 8, to: 32))
  /// 48 × 48 to 64 × 64: `allen-brain-48to64`.
  public static let dim48to64 = AllenBrain(.upsampling(from: 48, to: 64))
  /// 16 × 16 with one missing pixel: `allen-brain-inpainting16`.
  public static let inpainting16 = AllenBrain(.inpainting(size: 16))
  /// 64 × 64 to itself: `allen-brain-identity64`.
  public static let identity64 = AllenBrain(.identity(size: 64))

  /// The problems that exist in tensor2tensor.
  static let all = [dim8to32, dim48to64, inpainting16, identity64]

  /// `allen-brain-` and the task, such as `allen-brain-8to32`.
  public var name: String {
    switch task {
    case .upsampling(let from, let to): "allen-brain-\(from)to\(to)"
    case .inpainting(let size): "allen-brain-inpainting\(size)"
    case .identity(let size): "allen-brain-identity\(size)"
    }
  }

  /// `img2img_allen_brain`, as tensor2tensor names the shards of all these problems.
  public var storageName: String { "img2img_allen_brain" }

  /// The size of the input.
  public var inputShape: PixelShape {
    switch task {
    case .upsampling(let from, _): PixelShape(square: from, channels: colorSpace.channels)
    case .inpainting(let size), .identity(let size):
      PixelShape(square: size, channels: colorSpace.channels)
    }
  }

  /// The size of the target.
  public var targetShape: PixelShape {
    switch task {
    case .upsampling(_, let to): PixelShape(square: to, channels: colorSpace.channels)
    case .inpainting(let size), .identity(let size):
      PixelShape(square: size, channels: colorSpace.channels)
    }
  }

  /// The size of the target, in the channels of stored tiles.
  public var cropShape: PixelShape {
    PixelShape(square: targetShape.height, channels: colorSpace.storedChannels)
  }

  /// True of up-sampling by a whole number.
  public var inputsAreBlockMeans: Bool {
    guard case .upsampling(let from, let to) = task else { return false }
    return to % from == 0
  }

  /// Keeps tissue, according to ``tissueRule``.
  public func keepsTile(_ tile: Image) -> Bool { tissueRule.isTissue(tile) }
}

extension AllenBrain {
  /// The problem at a step of a run, with the input size of ``inputSchedule`` at that step.
  public func atStep(_ step: Int) -> AllenBrain {
    guard case .upsampling(_, let target) = task, let size = inputSchedule.size(atStep: step) else {
      return self
    }
    var problem = self
    problem.task = .upsampling(from: size, to: target)
    return problem
  }

  /// Up-sampling by a whole number and the identity, at another size; `nil` for other tasks.
  public func withContext(_ pixels: Int) -> AllenBrain? {
    var problem = self
    switch task {
    case .upsampling(let from, let to) where to % from == 0:
      problem.task = .upsampling(from: from + 2 * pixels, to: to + 2 * pixels * (to / from))
    case .identity(let size): problem.task = .identity(size: size + 2 * pixels)
    case .upsampling, .inpainting: return nil
    }
    return problem
  }
}
