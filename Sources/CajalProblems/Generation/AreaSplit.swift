/// Splits every picture by area: the lowest rows of tiles are held out, those above are for
/// training, and tiles less than a tile's height from the held-out rows are unused.
struct AreaSplit {
  /// The areas by the picture's index; pictures not listed are for training only.
  let areas: [Int: DataSummary.Area]
  private let tileSize: Int

  /// Splits the pictures that have enough rows of tiles.
  ///
  /// - Throws: ``ProblemError/unsplittable(reason:)`` if none has, or if the fraction to hold out
  ///   is 0.
  init(of pictures: [PictureTiles], tileSize: Int, options: DataOptions) throws {
    guard options.evaluationFraction > 0 else {
      throw ProblemError.unsplittable(reason: "the fraction to hold out by area is 0")
    }
    guard options.evaluationSections == nil else {
      throw ProblemError.unsplittable(
        reason: "they are split by area, so none of them is an evaluation section")
    }
    self.tileSize = tileSize
    areas = Dictionary(
      uniqueKeysWithValues: pictures.enumerated().compactMap { index, picture in
        Self.area(of: picture, tileSize: tileSize, fraction: options.evaluationFraction).map {
          (index, $0)
        }
      })
    guard !areas.isEmpty else {
      throw ProblemError.unsplittable(
        reason:
          "by area a picture needs three rows of tiles of \(tileSize) pixels, one of them to keep "
          + "the others apart, and none has that; make data with smaller tiles")
    }
  }

  private static func area(
    of picture: PictureTiles, tileSize: Int, fraction: Double
  ) -> DataSummary.Area? {
    let bands = picture.bands.filter { !$0.kept.isEmpty }.sorted { $0.top < $1.top }
    let total = bands.reduce(0) { $0 + $1.kept.count }
    let wanted = max(1, Int((fraction * Double(total)).rounded()))
    // From the most rows that may be held out to the least, one.
    let first =
      bands.indices.last { index in
        bands[index...].reduce(0) { $0 + $1.kept.count } >= wanted
      } ?? 0
    for start in bands[first...].map(\.top) {
      let trainingEnd = start - tileSize
      let training = bands.prefix { $0.top + tileSize <= trainingEnd }
      if training.isEmpty { continue }
      let dropped = bands.dropFirst(training.count).prefix { $0.top < start }
      return DataSummary.Area(
        picture: picture.picture.name, trainingEnd: trainingEnd, evaluationStart: start,
        droppedTileCount: dropped.reduce(0) { $0 + $1.kept.count })
    }
    return nil
  }

  /// Whether tiles at `top` of a picture are held out; nil if they are unused.
  func isForEvaluation(_ picture: Int, top: Int) -> Bool? {
    guard let area = areas[picture] else { return false }
    if top >= area.evaluationStart { return true }
    return top + tileSize <= area.trainingEnd ? false : nil
  }
}
