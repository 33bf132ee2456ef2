import CajalSupport
import Foundation

extension Problem {
  /// Cuts pictures into tiles and stores those that are kept, split by section.
  ///
  /// `directory` then holds shards, TFRecord files of `tf.train.Example` named as tensor2tensor
  /// names them (`img2img_allen_brain-train-00000-of-00010`, `…-dev-00000-of-00001`), with each
  /// tile as a lossless PNG unless `options` says so, and `dataset.json`, a ``DataSummary``.
  /// Everything is written to a temporary directory next to `directory` and renamed when complete.
  /// The same pictures, problem and options give the same bytes. A complete data set made in the
  /// same way is reused; nothing else is overwritten unless `options` says so.
  ///
  /// A picture too small for one tile is skipped and listed in the summary. A single section is an
  /// error, because nothing could be held out, unless the evaluation fraction is 0 or `options`
  /// splits by area.
  ///
  /// Memory: a band of each picture in work, one tile high, and about fifty bytes per tile; JPEG
  /// files with several scans, interlaced PNG files and pictures that an orientation tag turns are
  /// decoded whole. The disk temporarily holds every tile twice.
  ///
  /// - Parameters:
  ///   - source: the pictures.
  ///   - directory: where to store the tiles.
  ///   - options: the split, the seed and the shards.
  ///   - progress: called as pictures are cut, from any thread, never concurrently.
  /// - Returns: the stored data set.
  /// - Throws: an error with a line that names the file or directory and the reason; then
  ///   `directory` is as it was.
  @discardableResult
  public func generateData(
    from source: PictureSource, to directory: String, options: DataOptions = DataOptions(),
    progress: (@Sendable (DataProgress) -> Void)? = nil
  ) throws -> Dataset {
    try checkTileSize()
    let output = try OutputDirectory(directory)
    let isOccupied = try output.content() == .dataset
    let list = try source.pictures(skippingUnreadable: options.skipsUnreadable)
      .excluding(options.excludedSections)
      .taking(page: options.page, level: options.level, region: options.region)
      .averaged(
        toMicronsPerPixel: options.micronsPerPixel, source: source.name,
        limits: options.imageLimits)
    try checkOverlap(of: list, options)
    if isOccupied && options.existing == .reuse {
      let fingerprints = try list.pictures.map {
        try $0.fingerprint(skippingUnreadable: options.skipsUnreadable)
      }
      let request = request(for: fingerprints, options: options)
      var data = try existingDataset(at: directory, madeFor: request)
      data.summary.leftOut = list.leftOut
      return data
    }

    let lock = try output.start()
    defer { lock.release() }
    do {
      let spool = try SpoolFile(in: output.incomplete)
      let cut = try TileCutter(problem: self, options: options, spool: spool, progress: progress)
        .cut(list.pictures)
      let deepPictures = DataSummary.DeepPictures(of: cut)
      try deepPictures?.check(whiteLevel: options.whiteLevel, source: source.name)
      let writer = try ShardWriter(of: cut, source: source.name, problem: self, options: options)
      var summary = DataSummary(
        request: request(for: cut.map(\.fingerprint), options: options), options: self.options,
        sections: writer.sections,
        shards: try writer.write(from: spool, to: output.incomplete), skipped: writer.skipped,
        mean: writer.trainingStatistics.mean,
        standardDeviation: writer.trainingStatistics.standardDeviation,
        range: writer.range)
      summary.deepPictures = deepPictures
      if options.micronsPerPixel != nil { summary.resolutions = list.resolutions }
      summary.micronsPerPixel = DataSummary.micronsPerPixel(of: cut)
      (summary.leftOut, summary.areas) = (list.leftOut, writer.areas)
      summary.findStains(of: writer.trainingSample)
      // Opening the data set fails before it is put in place if the tiles do not suit the problem.
      try adapted(to: summary).checkNormalization()
      try summary.write(to: output.incomplete)
      try output.finish(replacing: isOccupied)
    } catch {
      output.abandon()
      throw error
    }
    return try Dataset(at: directory, for: self)
  }

  private func checkTileSize() throws {
    let smallest = max(cropShape.height, cropShape.width)
    guard tileSize >= smallest else {
      throw ProblemError.invalidOption(
        "tile_size", value: String(tileSize),
        expected: "at least the \(smallest) pixels that \(name) crops from a tile")
    }
  }

  /// Split by area, parts of one file that overlap or touch would put the same or adjacent pixels
  /// on both sides.
  private func checkOverlap(of list: PictureList, _ options: DataOptions) throws {
    let largest =
      list.pictures.map { max($0.reduction, Int(($0.factor ?? 1).rounded(.up))) }.max() ?? 1
    guard options.split == .area,
      let (first, second) = list.firstNeighbors(within: tileSize * largest)
    else { return }
    throw ProblemError.unsplittable(
      reason: (first == second ? "crops of \(first)" : "\(first) and its copy \(second)")
        + " overlap or are less than a tile apart, so they cannot be split by area")
  }

  private func request(
    for pictures: [Picture.Fingerprint], options: DataOptions
  ) -> DataSummary.Request {
    DataSummary.Request(
      problem: name, options: dataOptions, tileSize: tileSize, channels: cropShape.channels,
      seed: options.seed, evaluationSections: options.evaluationSections,
      evaluationFraction: options.evaluationFraction,
      split: options.split == .area ? "area" : nil,
      trainingShardCount: options.trainingShardCount,
      evaluationShardCount: options.evaluationShardCount,
      tileFormat: options.tileFormat.description, skipsUnreadable: options.skipsUnreadable,
      whiteLevel: options.whiteLevel, micronsPerPixel: options.micronsPerPixel,
      pictures: pictures)
  }

  private func existingDataset(
    at directory: String, madeFor request: DataSummary.Request
  ) throws -> Dataset {
    let stored = try DataSummary(directory: directory).request
    guard stored == request else {
      throw ProblemError.otherData(directory, difference: stored.difference(from: request))
    }
    return try Dataset(at: directory, for: self)
  }
}

extension DataSummary.Request {
  /// The first difference, in words that fit after "made".
  fileprivate func difference(from other: DataSummary.Request) -> String {
    if problem != other.problem { return "for problem \(problem), not \(other.problem)" }
    if tileSize != other.tileSize { return "of tiles of \(tileSize), not \(other.tileSize) pixels" }
    if options != other.options { return "with other options of the problem" }
    if micronsPerPixel != other.micronsPerPixel {
      func text(_ microns: Double?) -> String {
        microns.map { "at \($0) µm per pixel" } ?? "as they are"
      }
      return "of pictures \(text(micronsPerPixel)), not \(text(other.micronsPerPixel))"
    }
    if pictures != other.pictures { return "from other pictures" }
    if tileFormat != other.tileFormat { return "of \(tileFormat) tiles, not \(other.tileFormat)" }
    if whiteLevel != other.whiteLevel {
      return "with white at \(whiteLevel ?? 65535), not \(other.whiteLevel ?? 65535)"
    }
    if seed != other.seed { return "with seed \(seed), not \(other.seed)" }
    return "with another split or other numbers of shards"
  }
}
