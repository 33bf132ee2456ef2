public import CajalImages
import CajalSupport

extension Evaluation {
  /// The scores of one method. `Docs/measures.md` has the definitions.
  public struct Method: Sendable {
    /// Its name: `model`, `nearest`, `bilinear`, `bicubic` or `lanczos3`.
    public let name: String
    /// The mean squared error over all values of all pictures.
    public let meanSquaredError: Double
    /// The peak signal-to-noise ratio of the mean squared error, in dB; `nil` if every picture is
    /// exact.
    public var psnr: Double? {
      meanSquaredError == 0
        ? nil : ImageMetrics.psnr(meanSquaredError: meanSquaredError, range: 255)
    }
    /// The mean of the pictures' peak signal-to-noise ratios, in dB, each at most 78.1.
    public let meanPSNR: Double
    /// The number of pictures equal to their targets.
    public let exactCount: Int
    /// The mean of the pictures' structural similarities; `nil` for pictures smaller than its
    /// window.
    public let ssim: Double?
    /// The distances of all pictures together from all targets together.
    public let distances: SetDistances
    /// The share of the inputs' sub-pixels, 0 to 1, that the problem would make of the pictures as
    /// it makes them of targets; `nil` where targets do not determine inputs.
    public let reproducedShare: Double?
  }

  /// Distances between two sets of pictures, which do not compare picture with picture.
  public struct SetDistances: Sendable {
    /// The sliced Wasserstein distance of high-pass patches, in gray levels: low for pictures as
    /// sharp and as grainy as the targets; `nil` for pictures with a side below 7.
    public let slicedWasserstein: Double?
    /// The log-spectral distance in dB; `nil` for pictures with a side below 8.
    public let logSpectral: Double?
  }

  /// The gain of the model over Lanczos.
  public struct Gain: Sendable, Hashable {
    /// The difference of the mean PSNRs, in dB.
    public let psnr: Double
    /// The difference of the structural similarities; `nil` for pictures smaller than its window.
    public let ssim: Double?
  }

  /// The gain of the model over the Lanczos filter.
  public var gainOverLanczos: Gain {
    let model = methods[0]
    let lanczos = methods[1 + (Self.filters.firstIndex(of: .lanczos3) ?? 0)]
    return Gain(
      psnr: model.meanPSNR - lanczos.meanPSNR,
      ssim: model.ssim.flatMap { ssim in lanczos.ssim.map { ssim - $0 } })
  }

  /// What all methods are compared with.
  struct Reference {
    let targets: [Image]
    let projections: PatchProjections?
    let spectrum: LogSpectrum?
    /// The inputs that the problem makes of the targets.
    let inputs: [Image]?
    let problem: (any Problem)?

    init(_ targets: [Image], problem: (any Problem)?) {
      self.targets = targets
      self.problem = problem
      projections = PatchProjections(targets)
      spectrum = LogSpectrum(targets)
      inputs = Self.inputs(of: targets, problem)
    }

    static func inputs(of targets: [Image], _ problem: (any Problem)?) -> [Image]? {
      let inputs = targets.compactMap { problem?.input(ofTarget: $0) }
      return inputs.count == targets.count ? inputs : nil
    }
  }
}

extension Evaluation.Method {
  /// Compares pictures with their targets, each of the same sides and channels.
  ///
  /// Traps unless there are as many pictures as targets, at least one.
  ///
  /// - Parameters:
  ///   - name: The method's name.
  ///   - pictures: The pictures.
  ///   - targets: What each of them should be.
  ///   - problem: The problem that makes inputs of targets, for ``reproducedShare``; `nil` leaves
  ///     it out.
  public init(
    _ name: String, _ pictures: [Image], _ targets: [Image], problem: (any Problem)? = nil
  ) {
    require(
      pictures.count == targets.count && !targets.isEmpty, "there is a target for each picture")
    self.init(name, pictures, Evaluation.Reference(targets, problem: problem))
  }

  /// Compares pictures with their targets.
  init(_ name: String, _ pictures: [Image], _ reference: Evaluation.Reference) {
    self.name = name
    let targets = reference.targets
    let errors = zip(pictures, targets).map { ImageMetrics.meanSquaredError($0, $1) }
    meanSquaredError = errors.reduce(0, +) / Double(errors.count)
    meanPSNR = ImageMetrics.meanPSNR(pictures, targets)
    exactCount = errors.count { $0 == 0 }
    let similarities = zip(pictures, targets).compactMap { ImageMetrics.ssim($0, $1) }
    ssim =
      similarities.isEmpty ? nil : similarities.reduce(0, +) / Double(similarities.count)
    distances = Evaluation.SetDistances(pictures, reference)
    reproducedShare = reference.inputs.flatMap { inputs in
      Evaluation.Reference.inputs(of: pictures, reference.problem).map {
        ImageMetrics.equalShare($0, inputs)
      }
    }
  }
}

extension Evaluation.SetDistances {
  /// Compares as many pictures as there are targets, of the same sizes, with these.
  init(_ pictures: [Image], _ reference: Evaluation.Reference) {
    slicedWasserstein = reference.projections.flatMap { targets in
      PatchProjections(pictures)?.distance(to: targets)
    }
    logSpectral = reference.spectrum.flatMap { targets in
      LogSpectrum(pictures)?.distance(to: targets)
    }
  }
}
