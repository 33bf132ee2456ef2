import CajalTensor

extension RestorationModel {
  /// How pictures of a size are divided so that memory is bounded: pictures that are restored
  /// together, and rows of the inputs that are finished at a time.
  struct Bands {
    /// Values of features, of 4 bytes, that a thread may have at a time: 256 MB.
    static let limit = 1 << 26

    /// Rows of the inputs in a band.
    let rows: Int
    /// Pictures that can be restored together in one band.
    let picturesAtOnce: Int

    init(_ model: RestorationModel, _ decoding: Decoding, width: Int, height: Int) {
      let perRow = model.valuesPerInputPixel(decoding) * width
      let possible = Self.limit / perRow
      picturesAtOnce = max(1, possible / height)
      guard possible < height else {
        rows = height
        return
      }
      let context = model.network.trunk.reach(columns: width)?.rows ?? 0
      // Fewer rows than the context would spend most of the time on it.
      rows = max(possible - 2 * context, context, Self.fewestRows)
    }

    /// Rows of a band where the trunk is computed for the whole picture.
    private static let fewestRows = 16
  }

  /// About how many values are in memory for a pixel of the input.
  private func valuesPerInputPixel(_ decoding: Decoding) -> Int {
    let (block, trunk) = (ratio * ratio, network.trunk)
    let positions = trunk.factor == 1 ? block : 1
    // The trunk's features with what one of its blocks makes of them, and the picture with what it
    // is made of.
    let onePass = 6 * trunk.featureWidth * positions + 6 * channels * block
    switch decoding {
    case .onePass, .selfEnsemble, .crisp: return onePass
    case .greedy, .sample, .mean, .zeroTarget:
      // Features of every pixel.
      return onePass + hyperparameters.headFeatures * block
    }
  }
}
