import CajalAutodiff
import CajalImages
import CajalTensor
import Synchronization

/// Restores one picture band by band.
struct RestorationUpsampler: PictureUpsampler {
  private let model: RestorationModel
  private var restored: RestoredRows<UInt8>
  private var strip: PreparedRows
  /// The row of the source that is read next.
  private var sourceRow = 0
  private var finishedRows = 0
  private let options: UpsamplingOptions
  private var finishedPixels = 0

  /// - Parameters:
  ///   - model: The model.
  ///   - width: Columns of the input.
  ///   - height: Rows of the input.
  ///   - decoding: How the picture is made: one that the model has.
  ///   - blocks: How the picture is divided.
  ///   - options: What else is asked for.
  init(
    _ model: RestorationModel, width: Int, height: Int, _ decoding: Decoding,
    blocks: RestorationModel.Blocks, _ options: UpsamplingOptions
  ) {
    self.model = model
    self.options = options
    (self.width, self.height) = (model.ratio * width, model.ratio * height)
    strip = PreparedRows(width: width, height: height, model.configuration)
    restored = RestoredRows(
      model, size: (width, height), decoding, pictures: 0..<1, blocks: blocks,
      withEntropies: options.withEntropies)
  }

  let width: Int, height: Int
  var channels: Int { model.channels }

  mutating func next(from source: inout some RowSource & ~Copyable) throws -> UpsampledBand? {
    guard let needed = restored.neededRows else { return nil }
    strip.removeRows(before: needed.lowerBound)
    if sourceRow < strip.endRow {
      try source.skipRows(strip.endRow - sourceRow)
      sourceRow = strip.endRow
    }
    while strip.endRow < needed.upperBound {
      guard let rows = try source.readRows(needed.upperBound - strip.endRow) else {
        throw MissingRowsError(read: sourceRow, height: strip.height)
      }
      strip.append(rows.converted(toChannels: channels))
      sourceRow += rows.height
    }
    var done = finishedPixels
    let all = Double(width * height)
    let band = try restored.next(strip) { [options] pixels throws(PredictionError) in
      done += pixels
      options.progress?(Double(done) / all)
      if options.isStopped?() == true { throw .stopped }
    }
    guard let band else { return nil }
    finishedPixels = done
    finishedRows += band.rows
    let pixels = model.normalization?.restored(band.values[0]) ?? band.values[0]
    return UpsampledBand(
      rows: Image(width: width, height: band.rows, channels: channels, pixels: pixels),
      entropies: band.entropies?[0])
  }

  var state: UpsamplingState? {
    UpsamplingState(finishedRows: finishedRows, memory: restored.above?.scalars ?? [])
  }

  mutating func resume(from state: UpsamplingState) {
    finishedRows = state.finishedRows
    finishedPixels = state.finishedRows * width
    let perRow = width * channels
    let above =
      state.memory.isEmpty
      ? nil
      : Tensor(
        state.memory, shape: [1, state.memory.count / perRow, width, channels],
        on: model.parameters.device)
    restored.skip(to: state.finishedRows / model.ratio, above: above)
  }
}
