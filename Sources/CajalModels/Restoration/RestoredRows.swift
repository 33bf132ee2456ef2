import CajalAutodiff
import CajalLayers
import CajalSupport
import CajalTensor

/// Restores pictures of one size from top to bottom: an iterator of bands of finished rows.
///
/// Memory is for a block of a band, with what its trunk sees around it, and for the finished rows of
/// the band. Rows have the bits of the whole picture at once, whatever the blocks. A trunk that
/// depends on the whole picture is computed for the whole picture, once.
struct RestoredRows<Value: RestoredValue> {
  let network: RestorationNetwork
  let parameters: ParameterValues
  let decoding: Decoding
  private let firstPicture: Int
  let ratio: Int
  /// Rows and columns of the inputs.
  let height: Int, width: Int
  private let withEntropies: Bool
  private var trunk: RegionNetwork
  private var crisp: RegionNetwork?
  private var bands: ArraySlice<Range<Int>>
  private let blocks: [Range<Int>]
  /// The last decoded rows before the next band, `[batch, rows, columns, channels]`: what its pixels
  /// are predicted from beside their own.
  var above: Tensor<Float>?

  /// - Parameters:
  ///   - model: The model.
  ///   - size: Columns and rows of the inputs.
  ///   - decoding: How pictures are made.
  ///   - pictures: The numbers of the pictures, which samples and codes depend on.
  ///   - blocks: How pictures are divided.
  ///   - withEntropies: Whether the entropies of the pixels' distributions are wanted.
  init(
    _ model: RestorationModel, size: (width: Int, height: Int), _ decoding: Decoding,
    pictures: Range<Int>, blocks: RestorationModel.Blocks, withEntropies: Bool = false
  ) {
    let (width, height) = size
    (self.width, self.height) = size
    network = model.network
    parameters = model.parameters
    ratio = model.ratio
    self.decoding = decoding
    self.withEntropies = withEntropies
    firstPicture = pictures.lowerBound
    let codes = model.codes(of: pictures, decoding)
    func regions(_ network: PictureNetwork, codes: Tensor<Float>?) -> RegionNetwork {
      RegionNetwork(
        network, model.parameters, ratio: model.ratio, codes: codes, width: width, height: height)
    }
    trunk = regions(network.trunk, codes: nil)
    crisp = network.crisp.map { regions($0, codes: codes) }
    bands = (0..<height).divided(every: blocks.rows)[...]
    self.blocks = (0..<width).divided(every: blocks.columns)
  }

  /// The rows of the inputs that the next band is made of; `nil` after the last.
  var neededRows: Range<Int>? {
    guard let band = bands.first else { return nil }
    let rows = withMargin(band)
    let seen = blocks.map {
      trunk.seen(by: Region(rows: rows, columns: $0), inBlock: $0).rows
    }
    let toEnlarge = PreparedRows.rowsToEnlarge(rows, height: height)
    return seen.reduce(toEnlarge) {
      min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound)
    }
  }

  /// Skips the bands before a row of the inputs, which a band begins with.
  ///
  /// - Parameter above: What ``above`` was before that row.
  mutating func skip(to row: Int, above: Tensor<Float>?) {
    bands = bands.drop { $0.lowerBound < row }
    self.above = above
  }

  /// The next band, or `nil` after the last.
  ///
  /// - Parameters:
  ///   - source: The inputs, with ``neededRows`` at least.
  ///   - progress: Called with the number of pixels that have been finished since the last call.
  /// - Throws: ``PredictionError/nonFiniteLogits``, or what `progress` throws.
  mutating func next(
    _ source: PreparedRows, progress: (Int) throws(PredictionError) -> Void
  ) throws(PredictionError) -> RestoredBand<Value>? {
    guard let rows = bands.popFirst() else { return nil }
    if decoding.isWavefront { return try wavefront(rows, source, progress) }
    var band = RestoredBand<Value>(
      firstRow: rows.lowerBound, pictures: source.count, rows: rows.count * ratio,
      columns: width * ratio, channels: network.channels, withEntropies: withEntropies)
    for block in blocks {
      let region = Region(rows: rows, columns: block)
      let wider = withMargin(region)
      let smooth = trunk.restored(wider, inBlock: block, source)
      let picture = finished(smooth.picture, wider, inBlock: block, source).copied(to: .cpu)
      guard picture.allFinite else { throw .nonFiniteLogits }
      let own = region.relative(to: wider).scaled(by: ratio)
      band.set(picture.sliced(own), columns: block.lowerBound * ratio)
      if withEntropies {
        let entropies = try entropies(
          of: own,
          in: OnePass(inputs: source.inputs(wider), smooth: smooth, picture: picture))
        band.set(entropies: entropies, of: own, columns: block.lowerBound * ratio)
      }
      try progress(source.count * rows.count * block.count * ratio * ratio)
    }
    return band
  }

  /// The picture of the decoding in one pass, from that of the trunk.
  private mutating func finished(
    _ smooth: Tensor<Float>, _ region: Region, inBlock block: Range<Int>, _ source: PreparedRows
  ) -> Tensor<Float> {
    guard case .crisp(_, let crispness) = decoding,
      let crisp = crisp?.restored(region, inBlock: block, source).picture
    else { return smooth }
    return crispness < 1 ? smooth + (crisp - smooth).scaled(by: crispness) : crisp
  }

  /// Decodes a band from left to right, in windows that a block of columns is added to and from
  /// which what is finished is removed.
  private mutating func wavefront(
    _ rows: Range<Int>, _ source: PreparedRows, _ progress: (Int) throws(PredictionError) -> Void
  ) throws(PredictionError) -> RestoredBand<Value> {
    let rowsAbove = above?.shape[1] ?? 0
    let all = (rows.lowerBound - rowsAbove / ratio)..<rows.upperBound
    var decoder = WavefrontDecoder<Value>(
      network, parameters, rows: rows.scaled(by: ratio), columns: width * ratio, above: above,
      decoding: decoding, pictures: firstPicture..<(firstPicture + source.count),
      withEntropies: withEntropies)
    for block in blocks {
      let region = Region(rows: all, columns: block)
      let restored = trunk.restored(region, inBlock: block, source)
      let pass = ForwardPass(tape: Tape(), parameters: parameters)
      try decoder.append(
        WavefrontDecoder.Block(
          inputs: source.inputs(region).copied(to: parameters.device),
          predicted: restored.picture,
          features: network.pixelFeatures(pass.tape.constant(restored.features), pass).value))
      try decoder.decode(progress: progress)
    }
    above = decoder.lastRows
    return decoder.finished
  }
}

// MARK: - Entropies in one pass

extension RestoredRows {
  /// What is known of a region after one pass.
  struct OnePass {
    /// The region of the inputs.
    let inputs: Tensor<Float>
    let smooth: RegionNetwork.Restored
    /// The picture of the decoding on the host, whose rounded values are known.
    let picture: Tensor<Float>
  }

  /// Pixels whose distributions are computed together.
  private static var pixelsAtOnce: Int { 1 << 12 }

  /// The entropies in nats of a part of a region's pixels, picture after picture, where each pixel
  /// is given the finished picture in place of what would have been decoded before it.
  private func entropies(
    of part: Region, in known: OnePass
  ) throws(PredictionError) -> [Double] {
    let device = parameters.device
    let pass = ForwardPass(tape: Tape(), parameters: parameters)
    let features = network.pixelFeatures(pass.tape.constant(known.smooth.features), pass).value
    let picture = known.picture
    let values = Tensor(
      picture.scalars.map { Float(UInt8(restored: $0)) }, shape: picture.shape)
    let pictures = CausalContext.Pictures(
      inputs: known.inputs.copied(to: device), predicted: known.smooth.picture,
      values: values.copied(to: device))
    let head = HeadEvaluation(
      network, parameters, features: features, known: pictures,
      hostPredicted: known.smooth.picture.copied(to: .cpu))
    let (rows, columns) = (picture.shape[1], picture.shape[2])
    let numbers = (0..<picture.shape[0]).flatMap { picture in
      part.rows.flatMap { row in
        part.columns.map { Int32((picture * rows + row) * columns + $0) }
      }
    }
    let pieces = (0..<numbers.count).divided(every: Self.pixelsAtOnce)
    func entropies(_ piece: Range<Int>) throws(PredictionError) -> [Double] {
      try head.entropies(Array(numbers[piece]), given: values)
    }
    // Another device has a queue of its own.
    guard device == .cpu else {
      var all: [Double] = []
      for piece in pieces { all += try entropies(piece) }
      return all
    }
    return try Threads.concurrentMap(pieces) { piece throws(PredictionError) in
      try head.entropies(Array(numbers[piece]), given: values)
    }.flatMap { $0 }
  }

  /// A region with what a head sees of the trunk's picture beside it, where entropies are wanted.
  private func withMargin(_ region: Region) -> Region {
    Region(
      rows: withMargin(region.rows),
      columns: withEntropies && !decoding.isWavefront
        ? widened(region.columns, of: width) : region.columns)
  }

  private func withMargin(_ rows: Range<Int>) -> Range<Int> {
    // A wavefront knows the rows above a band; their pixels are not decoded again.
    decoding.isWavefront || withEntropies ? widened(rows, of: height) : rows
  }

  private func widened(_ range: Range<Int>, of extent: Int) -> Range<Int> {
    let margin = network.context.rowsAbove / ratio
    return max(0, range.lowerBound - margin)..<min(extent, range.upperBound + margin)
  }
}

extension Range<Int> {
  /// The range of a picture `factor` times as large.
  func scaled(by factor: Int) -> Range<Int> { (lowerBound * factor)..<(upperBound * factor) }
}
