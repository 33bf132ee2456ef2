import CajalAutodiff
import CajalLayers
import CajalSupport
import CajalTensor

/// Decodes the pixels of a band of rows of pictures of one size from their predicted distributions,
/// as many at once as depend only on pixels decoded before.
///
/// A pixel depends on those of the rows above it up to 3 columns to its right, and on the earlier
/// ones of its row and its block. So all pixels with the same column + `slope` · row can be decoded
/// at once, where the slope is at least 4 and at least the ratio: a picture of 32 × 32 takes 156
/// steps instead of 1024, and gets the same pixels.
///
/// Blocks of columns are appended from left to right, and columns that no later pixel depends on are
/// removed, so that memory is for a window of the band. The network's output for a wave is all that
/// is read from the device; what is chosen from it on the host is copied back.
struct WavefrontDecoder<Value: RestoredValue> {
  let network: RestorationNetwork
  let parameters: ParameterValues
  /// The rows of the pictures that are decoded.
  let rows: Range<Int>
  /// The columns of the pictures.
  let columns: Int
  /// What is decoded of the rows above, `[batch, rows, columns, channels]`; `nil` at the top of the
  /// pictures. As many rows as pixels depend on, in whole blocks.
  private let above: Tensor<Float>?
  let decoding: Decoding
  /// The numbers of the pictures, which samples depend on.
  let pictures: Range<Int>
  private let withEntropies: Bool
  /// What is decoded so far.
  private(set) var finished: RestoredBand<Value>
  private var window: Block?
  /// The trunk's picture of the window on the host.
  private var hostPredicted = Tensor<Float>(zeros: [0], on: .cpu)
  /// What pixels of the window are predicted from: the rows above, and what is decoded.
  private(set) var known = Tensor<Float>(zeros: [0], on: .cpu)
  /// The first column of the window.
  private var firstColumn = 0
  private var nextWave = 0
  /// The last rows of what has left the window.
  private var bottom: [Tensor<Float>] = []

  /// What is known of a block of columns of a band with the rows above it.
  struct Block {
    /// `[batch, rows / ratio, columns / ratio, channels]`
    var inputs: Tensor<Float>
    /// The trunk's picture, `[batch, rows, columns, channels]`.
    var predicted: Tensor<Float>
    /// The features that pixels are predicted from; see ``CausalHead/pixelFeatures(_:_:)``.
    var features: Tensor<Float>
  }

  /// A band of which nothing is decoded yet.
  init(
    _ network: RestorationNetwork, _ parameters: ParameterValues, rows: Range<Int>, columns: Int,
    above: Tensor<Float>?, decoding: Decoding, pictures: Range<Int>, withEntropies: Bool = false
  ) {
    (self.network, self.parameters, self.above) = (network, parameters, above)
    (self.rows, self.columns, self.pictures) = (rows, columns, pictures)
    self.decoding = decoding
    self.withEntropies = withEntropies
    finished = RestoredBand(
      firstRow: rows.lowerBound / network.context.ratio, pictures: pictures.count,
      rows: rows.count, columns: columns, channels: network.channels, withEntropies: withEntropies)
  }

  /// Rows of the window that are decoded before.
  var rowsAbove: Int { above?.shape[1] ?? 0 }
  private var slope: Int { network.context.slope }
  private var windowColumns: Int { window?.predicted.shape[2] ?? 0 }

  /// The pixels that can be decoded at once after the waves before them: rows of the band, and
  /// columns of the picture.
  func wave(_ number: Int) -> [(row: Int, column: Int)] {
    let last = min(rows.count - 1, number / slope)
    let first = max(0, (number - columns + slope) / slope)
    guard first <= last else { return [] }
    return (first...last).map { ($0, number - slope * $0) }
  }

  /// The number of waves of the whole band.
  var waveCount: Int { columns + slope * (rows.count - 1) }

  /// Appends the next block of columns.
  ///
  /// - Throws: ``PredictionError/nonFiniteLogits``.
  mutating func append(_ block: Block) throws(PredictionError) {
    removeFinishedColumns()
    let first = firstColumn + windowColumns
    let unknown = unknown(first..<(first + block.predicted.shape[2]), like: block.predicted)
    if let window {
      known = known.concatenated(with: unknown, axis: 2)
      self.window = Block(
        inputs: window.inputs.concatenated(with: block.inputs, axis: 2),
        predicted: window.predicted.concatenated(with: block.predicted, axis: 2),
        features: window.features.concatenated(with: block.features, axis: 2))
    } else {
      (window, known) = (block, unknown)
    }
    hostPredicted = window?.predicted.copied(to: .cpu) ?? hostPredicted
    guard hostPredicted.allFinite else { throw .nonFiniteLogits }
  }

  /// The rows above some columns, and zeros for those to decode.
  private func unknown(_ columns: Range<Int>, like block: Tensor<Float>) -> Tensor<Float> {
    let (shape, device) = (block.shape, block.device)
    guard let above else { return Tensor(zeros: shape, on: device) }
    let rest = Tensor<Float>(zeros: [shape[0], rows.count, shape[2], shape[3]], on: device)
    return above.sliced(columns, axis: 2).concatenated(with: rest, axis: 1)
  }

  /// Removes the columns that no later wave depends on.
  private mutating func removeFinishedColumns() {
    guard let window else { return }
    let ratio = network.context.ratio
    let needed = nextWave - slope * (rows.count - 1) - CausalContextGeometry.radius
    let first = max(firstColumn, needed / ratio * ratio)
    guard first > firstColumn else { return }
    let removed = 0..<(first - firstColumn)
    let kept = removed.upperBound..<windowColumns
    bottom.append(lastRows(of: known.sliced(removed, axis: 2)))
    let perFeature = ratio / network.trunk.factor
    func inputColumns(_ factor: Int) -> Range<Int> {
      (kept.lowerBound / ratio * factor)..<(kept.upperBound / ratio * factor)
    }
    self.window = Block(
      inputs: window.inputs.sliced(inputColumns(1), axis: 2),
      predicted: window.predicted.sliced(kept, axis: 2),
      features: window.features.sliced(inputColumns(perFeature), axis: 2))
    known = known.sliced(kept, axis: 2)
    firstColumn = first
  }

  /// The last rows, which those of the next band depend on.
  private func lastRows(of known: Tensor<Float>) -> Tensor<Float> {
    let rows = known.shape[1]
    return known.sliced(max(0, rows - network.context.rowsAbove)..<rows, axis: 1)
  }

  /// The last rows of all columns, after all of them are decoded.
  var lastRows: Tensor<Float> {
    Tensor.concatenate(bottom + [lastRows(of: known)], axis: 2)
  }

  /// Decodes as many waves as the blocks appended so far allow.
  ///
  /// - Parameter progress: Called after every wave with the number of pixels that it has decoded in
  ///   all pictures.
  /// - Throws: ``PredictionError/nonFiniteLogits``, or what `progress` throws.
  mutating func decode(
    progress: (Int) throws(PredictionError) -> Void
  ) throws(PredictionError) {
    let end = firstColumn + windowColumns
    let last = end == columns ? waveCount : end - CausalContextGeometry.radius
    while nextWave < last {
      let pixels = wave(nextWave)
      try decode(pixels)
      nextWave += 1
      try progress(pixels.count * pictures.count)
    }
  }

  /// Decodes pixels, all of which depend on pixels decoded before alone.
  ///
  /// - Throws: ``PredictionError/nonFiniteLogits``.
  mutating func decode(_ pixels: [(row: Int, column: Int)]) throws(PredictionError) {
    guard let window else { return }
    let (height, width) = (window.predicted.shape[1], windowColumns)
    let pixels = pictures.indices.flatMap { picture in
      pixels.map { (row, column) in
        let line = (picture - pictures.lowerBound) * height + rowsAbove + row
        return WavefrontPixel(
          picture: picture, row: row, column: column,
          number: Int32(line * width + column - firstColumn))
      }
    }
    let chosen = try chosen(pixels, window)
    for (pixels, choice) in chosen {
      known.addRows(
        choice.values.copied(to: parameters.device),
        at: Tensor(pixels.map(\.number), on: parameters.device))
      (choice.mean ?? choice.values).withSpan { numbers in
        for (index, pixel) in pixels.enumerated() {
          finished.set(
            picture: pixel.picture - pictures.lowerBound, row: pixel.row, column: pixel.column,
            numbers, at: index * network.channels)
        }
      }
      for (pixel, entropy) in zip(pixels, choice.entropies ?? []) {
        finished.set(
          picture: pixel.picture - pictures.lowerBound, row: pixel.row, column: pixel.column,
          entropy: entropy)
      }
    }
  }

  /// The choices of pixels, which threads make side by side.
  ///
  /// A function of its own, so that nothing else refers to the known pixels when they are added to.
  private func chosen(
    _ pixels: [WavefrontPixel], _ window: Block
  ) throws(PredictionError) -> [([WavefrontPixel], PixelChoice.Chosen)] {
    let choice = PixelChoice(
      HeadEvaluation(
        network, parameters, features: window.features,
        known: CausalContext.Pictures(
          inputs: window.inputs, predicted: window.predicted, values: known),
        hostPredicted: hostPredicted),
      network.distribution, decoding, rows: rows, columns: columns, withEntropies: withEntropies)
    // Another device has a queue of its own, and few pixels are not worth a thread.
    let threads =
      parameters.device == .cpu ? min(Threads.count, max(1, pixels.count / Self.fewest)) : 1
    guard threads > 1 else { return [(pixels, try choice.chosen(pixels))] }
    let parts = (0..<pixels.count).divided(every: (pixels.count + threads - 1) / threads)
      .map { Array(pixels[$0]) }
    return try Threads.concurrentMap(parts) { part throws(PredictionError) in
      (part, try choice.chosen(part))
    }
  }

  /// The fewest pixels of a thread.
  private static var fewest: Int { 32 }
}

extension Tensor<Float> {
  /// Adds rows `[n, channels]` to pixels of pictures `[batch, rows, columns, channels]`.
  fileprivate mutating func addRows(_ rows: Tensor, at pixels: Tensor<Int32>) {
    let channels = shape[3]
    addRows(rows, at: pixels, scale: 1, of: [count / channels, channels], from: 0)
  }
}
