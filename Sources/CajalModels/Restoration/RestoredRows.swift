import CajalAutodiff
import CajalLayers
import CajalTensor

/// Restores pictures of one size from top to bottom: an iterator of finished rows.
///
/// Memory is for a band of rows, with those that its trunk sees around it. Rows have the bits of
/// the whole picture at once, whatever the bands. A trunk that depends on the whole picture is
/// computed for the whole picture, once.
struct RestoredRows {
  private let network: RestorationNetwork
  private let parameters: ParameterValues
  private let source: PreparedRows
  private let decoding: Decoding
  private let firstPicture: Int
  private let ratio: Int
  /// The codes of the pictures, for crisp ones.
  private let codes: Tensor<Float>?
  private var bands: ArraySlice<RowBand>
  /// What the trunk makes of the whole pictures, where it depends on them.
  private var whole: Restored?
  /// The last rows before the next band: the trunk's picture and what is decoded.
  private var above: (predicted: Tensor<Float>, known: Tensor<Float>)?

  /// A trunk's picture and its features of some rows.
  private typealias Restored = (picture: Tensor<Float>, features: Tensor<Float>)

  /// - Parameters:
  ///   - model: The model.
  ///   - source: The inputs.
  ///   - decoding: How pictures are made.
  ///   - firstPicture: The number of the first picture, which samples and codes depend on.
  ///   - rowsPerBand: Rows of the inputs that are finished at a time.
  init(
    _ model: RestorationModel, _ source: PreparedRows, _ decoding: Decoding, firstPicture: Int,
    rowsPerBand: Int
  ) {
    network = model.network
    parameters = model.parameters
    ratio = model.ratio
    self.source = source
    self.decoding = decoding
    self.firstPicture = firstPicture
    codes = model.codes(of: firstPicture..<(firstPicture + source.count), decoding)
    bands =
      RowBand.bands(
        height: source.height, rowsPerBand: rowsPerBand,
        reach: network.trunk.reach(columns: source.width))[...]
  }

  /// The next finished rows on the host, `[batch, rows, columns, channels]`, or `nil` after the
  /// last.
  ///
  /// - Parameter progress: Called with the number of pixels that have been finished since the last
  ///   call.
  /// - Throws: ``PredictionError/nonFiniteLogits``.
  mutating func next(progress: (Int) -> Void) throws(PredictionError) -> Tensor<Float>? {
    guard let band = bands.popFirst() else { return nil }
    let rows: Tensor<Float>
    switch decoding {
    case .onePass, .selfEnsemble: rows = onePass(band, network.trunk)
    case .crisp: rows = onePass(band, network.crisp ?? network.trunk)
    case .greedy, .sample, .mean, .zeroTarget: return try wavefront(band, progress)
    }
    progress(rows.count / network.channels)
    guard rows.allFinite else { throw .nonFiniteLogits }
    return rows
  }

  private mutating func onePass(_ band: RowBand, _ trunk: PictureNetwork) -> Tensor<Float> {
    restored(band, trunk, band.rows).picture.copied(to: .cpu)
  }

  private mutating func wavefront(
    _ band: RowBand, _ progress: (Int) -> Void
  ) throws(PredictionError) -> Tensor<Float> {
    let rowsAbove = (above?.known.shape[1] ?? 0) / ratio
    let rows = (band.rows.lowerBound - rowsAbove)..<band.rows.upperBound
    var (predicted, features) = restored(band, network.trunk, rows)
    if let above {
      // Those of this band's trunk may be seen from too near to its edge.
      let own = predicted.sliced(rowsAbove * ratio..<predicted.shape[1], axis: 1)
      predicted = above.predicted.concatenated(with: own, axis: 1)
    }
    let decoder = WavefrontDecoder(
      network, parameters,
      WavefrontDecoder.Band(
        inputs: source.inputs(rows).copied(to: parameters.device), predicted: predicted,
        features: features, above: above?.known, firstRow: rows.lowerBound * ratio),
      decoding: decoding, firstPicture: firstPicture)
    let decoded = try decoder.decoded(waves: decoder.waves, progress: progress)
    let first = max(0, predicted.shape[1] - network.context.rowsAbove)
    let last = first..<predicted.shape[1]
    above = (predicted.sliced(last, axis: 1), decoded.known.sliced(last, axis: 1))
    return decoded.shown
  }

  /// What the trunk makes of some rows of those that a band sees.
  private mutating func restored(
    _ band: RowBand, _ trunk: PictureNetwork, _ rows: Range<Int>
  ) -> Restored {
    if let whole { return sliced(whole, rows) }
    let device = parameters.device
    let pass = ForwardPass(tape: Tape(), parameters: parameters)
    let (inputs, enlarged) = (
      source.inputs(band.seen).copied(to: device), source.enlarged(band.seen).copied(to: device)
    )
    let (picture, features) = trunk(inputs: inputs, enlarged: enlarged, code: codes, pass)
    var restored: Restored = (picture.value, features.value)
    if case .crisp(_, let crispness) = decoding, crispness < 1 {
      let smooth = network.trunk(inputs: inputs, enlarged: enlarged, code: nil, pass).picture.value
      restored.picture = smooth + (picture.value - smooth).scaled(by: crispness)
    }
    guard band.seen != 0..<source.height else {
      if !bands.isEmpty { whole = restored }
      return sliced(restored, rows)
    }
    let first = band.seen.lowerBound
    return sliced(restored, (rows.lowerBound - first)..<(rows.upperBound - first))
  }

  /// Some rows of the inputs.
  private func sliced(_ restored: Restored, _ rows: Range<Int>) -> Restored {
    func rowsOf(_ tensor: Tensor<Float>, _ factor: Int) -> Tensor<Float> {
      let range = (rows.lowerBound * factor)..<(rows.upperBound * factor)
      return range == 0..<tensor.shape[1] ? tensor : tensor.sliced(range, axis: 1)
    }
    return (
      rowsOf(restored.picture, ratio), rowsOf(restored.features, ratio / network.trunk.factor)
    )
  }
}
