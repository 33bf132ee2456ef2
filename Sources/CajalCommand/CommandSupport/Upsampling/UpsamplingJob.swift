import ArgumentParser
import Cajal
import CajalSupport
import Foundation

/// The enlargement of one picture file.
struct UpsamplingJob {
  let run: OpenedRun
  let decoding: Decoding
  let paths: UpsamplingPaths.Picture
  let limits: ImageLimits
  let whiteLevel: Int?
  /// Predicted seconds from which on finished rows are kept.
  let keepAfter: Double
  /// Bytes for features, and for finished rows.
  let memory: Int
  /// Whether to continue with rows that were kept.
  let resumes: Bool
  let line: ProgressLine
  let display: UpsamplingDisplay
  let stop: StopSignal

  /// Seconds that the pace is measured for.
  private static let trial = 3.0

  /// Enlarges the picture.
  ///
  /// - Throws: `PredictionError.stopped` after a signal.
  func enlarge() throws -> EnlargedPicture {
    var source = try UpsamplingSource(
      paths.input, for: run, limits: limits, whiteLevel: whiteLevel,
      keepsAlpha: !PictureOutput.isLossy(paths.output))
    display.begin(pixels: source.width * source.height)
    var upsampler = try upsampler(source.width, source.height)
    source.enlargeAlpha(to: (upsampler.width, upsampler.height))
    say(notesBefore(source, upsampler.width))
    var output = EnlargedOutput(paths, upsampler, of: source)
    var part = try continued(&upsampler, &source, output)
    var waiting: [FinishedRows] = []
    let begin = Date()
    while part == nil, let rows = try next(&upsampler, &source) {
      waiting.append(rows)
      guard let state = upsampler.state, state.finishedRows < upsampler.height else { break }
      let elapsed = Date().timeIntervalSince(begin)
      if elapsed / max(display.share, 1e-9) > keepAfter {
        part = try keep(waiting, upsampler, output)
        waiting = []
      } else if elapsed > Self.trial {
        break
      }
    }
    if var folder = part {
      while let rows = try next(&upsampler, &source), let state = upsampler.state {
        try folder.append(rows, state)
      }
      var bands = (0..<folder.bandCount)[...]
      try output.write {
        if stop.isRequested { throw PredictionError.stopped }
        line.show(
          "writing \(paths.output)", share: Double(bands.startIndex) / Double(folder.bandCount))
        return try bands.popFirst().map(folder.band)
      }
      try folder.remove()
    } else {
      var rows = waiting[...]
      try output.write { try rows.popFirst() ?? next(&upsampler, &source) }
    }
    say(notesAfter(source))
    return output.record
  }

  private func upsampler(_ width: Int, _ height: Int) throws -> any PictureUpsampler {
    do {
      var options = UpsamplingOptions(
        decoding: decoding, withEntropies: paths.uncertainty != nil,
        progress: { display.show(share: $0) }, isStopped: { stop.isRequested })
      options.memory = memory
      return try run.model.upsampler(width: width, height: height, options: options)
    } catch let error as PictureSizeError {
      throw ValidationError("\(paths.input): \(error)")
    }
  }

  private func next(
    _ upsampler: inout any PictureUpsampler, _ source: inout UpsamplingSource
  ) throws -> FinishedRows? {
    if stop.isRequested { throw PredictionError.stopped }
    do {
      guard let band = try upsampler.next(from: &source) else { return nil }
      return FinishedRows(band, from: &source)
    } catch let error as PictureSizeError {
      throw ValidationError("\(paths.input): \(error)")
    }
  }

  /// The folder of rows that were kept, after which the upsampler continues.
  private func continued(
    _ upsampler: inout any PictureUpsampler, _ source: inout UpsamplingSource,
    _ output: EnlargedOutput
  ) throws -> PartFolder? {
    let path = PartFolder.path(for: paths.output)
    guard Files.exists(path) else { return nil }
    guard resumes else {
      throw ValidationError(
        "\(path) has the finished rows of an interrupted call; --resume continues it, and without "
          + "that folder it starts over")
    }
    guard let folder = try PartFolder(existingFor: paths.output, origin(output)) else { return nil }
    upsampler.resume(from: folder.state)
    source.alpha?.skipEnlargedRows(before: folder.state.finishedRows)
    display.resume(share: Double(folder.state.finishedRows) / Double(upsampler.height))
    line.say(
      "continuing \(paths.output) after \(folder.state.finishedRows) of \(upsampler.height) rows")
    return folder
  }

  /// Keeps finished rows from now on.
  private func keep(
    _ rows: [FinishedRows], _ upsampler: any PictureUpsampler, _ output: EnlargedOutput
  ) throws -> PartFolder {
    var folder = try PartFolder(for: paths.output, origin(output))
    line.say(
      "finished rows are kept in \(folder.path) until the picture is done; after an interruption "
        + "--resume continues")
    guard let state = upsampler.state else { return folder }
    let perRow = upsampler.width * output.channels
    let joined = FinishedRows(joining: rows)
    require(joined.pixels.count == state.finishedRows * perRow, "all finished rows are kept")
    try folder.append(joined, state)
    return folder
  }

  private func origin(_ output: EnlargedOutput) throws -> PartFolder.Origin {
    let input = try Files.checksum(paths.input)
    return PartFolder.Origin(
      model: type(of: run.model).kind, step: run.step, weights: run.model.weightsChecksum,
      decoding: "\(decoding)", input: input.checksum, inputBytes: input.byteCount,
      whiteLevel: whiteLevel, width: output.width, height: output.height,
      channels: output.channels, withUncertainty: paths.uncertainty != nil)
  }

  private func say(_ notes: [String]) {
    for note in notes { line.say(note) }
  }
}
