public import CajalModels
public import CajalTensor

extension Img2ImgHyperparameters {
  /// Checks that the hyperparameters among `names` that the problem determines, `img_len` and
  /// `num_channels`, match the problem: a model takes these from the problem, not from the
  /// hyperparameters.
  ///
  /// - Throws: `HyperparameterError` that names the one that differs.
  public func checkPictures(of names: [String], fit problem: some Problem) throws {
    let target = problem.targetShape
    for (name, own, needed, what) in [
      ("img_len", imgLen, target.height, "rows and columns"),
      ("num_channels", numChannels, target.channels, "channels"),
    ] where names.contains(name) && own != needed {
      throw HyperparameterError(
        name: name,
        reason: "is \(own), and the targets of \(problem.name) have \(needed) \(what); "
          + "leave it out or take another problem")
    }
  }
}

extension Img2ImgTransformer {
  /// Creates a model for a problem, which determines the sizes of pictures, the channels and the
  /// normalization. If one of them depends on the training tiles, use the problem of their
  /// ``Dataset``.
  ///
  /// - Throws: `HyperparameterError` when the model cannot be built, as for a target that is not
  ///   square, and `ProblemError` when the problem's normalization is not for its channels.
  public init(
    _ hyperparameters: Img2ImgHyperparameters, for problem: some Problem, seed: UInt64 = 0,
    on device: Device = .cpu
  ) throws {
    let (input, target) = (problem.inputShape, problem.targetShape)
    guard target.height == target.width, input.channels == target.channels else {
      throw HyperparameterError(
        name: "img_len",
        reason: "\(problem.name) goes from \(input) to \(target); a target is square and has the "
          + "channels of its input")
    }
    try problem.checkNormalization()
    try self.init(
      hyperparameters.with {
        $0.imgLen = target.height
        $0.numChannels = target.channels
      }, inputRows: input.height, inputColumns: input.width, seed: seed, on: device)
    normalization = problem.normalization
  }
}

extension Img2ImgTransformer: ProblemModel {
  /// The hyperparameters of a recorded configuration.
  public static func hyperparameters(of configuration: Configuration) -> Img2ImgHyperparameters {
    configuration.hyperparameters
  }

  /// Checks that `img_len` and `num_channels`, where they are among `names`, match the problem.
  ///
  /// - Throws: `HyperparameterError` that names the one that differs.
  public static func checkPictures(
    of names: [String], in hyperparameters: Img2ImgHyperparameters, fit problem: some Problem
  ) throws {
    try hyperparameters.checkPictures(of: names, fit: problem)
  }

  /// One size of inputs and one of targets.
  public var pictureShapes: PictureShapes {
    .fixed(
      input: PixelShape(height: inputRows, width: inputColumns, channels: channels),
      target: PixelShape(square: targetLength, channels: channels))
  }
}
