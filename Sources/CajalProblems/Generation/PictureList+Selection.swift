extension PictureList {
  /// The pictures of other sections than those named, which are listed as left out.
  ///
  /// - Parameter patterns: names of sections, or patterns; see
  ///   ``DataOptions/excludedSections``.
  /// - Throws: ``ProblemError/unsplittable(reason:)`` for one that matches no section.
  func excluding(_ patterns: [String]) throws -> PictureList {
    guard !patterns.isEmpty else { return self }
    let excluded = try SectionSplit.matching(
      patterns, among: Set(pictures.map(\.section)).sorted(), empty: [])
    var tally = LeftOutTally()
    for picture in pictures where excluded.contains(picture.section) {
      tally.add(.excludedSection, picture.name)
    }
    return PictureList(
      pictures: pictures.filter { !excluded.contains($0.section) }, leftOut: leftOut + tally.all)
  }

  /// The pictures, of which those are averaged in blocks that are finer than a resolution by a factor
  /// of 1.5 or more; see ``DataOptions/micronsPerPixel``.
  ///
  /// - Throws: ``ProblemError/noResolutions(source:)`` if no picture's resolution is known.
  func averaged(toMicronsPerPixel microns: Double?, source: String) throws -> PictureList {
    guard let microns else { return self }
    guard pictures.contains(where: { $0.micronsPerPixel != nil }) else {
      throw ProblemError.noResolutions(source: source)
    }
    let averaged = pictures.map { picture in
      var picture = picture
      picture.reduction = picture.micronsPerPixel.map { Self.reduction(microns / $0) } ?? 1
      return picture
    }
    return PictureList(pictures: averaged, leftOut: leftOut)
  }

  private static func reduction(_ ratio: Double) -> Int {
    // 0.6 / 0.4 is less than 1.5 by rounding. A picture of a resolution that cannot be true is too
    // small for a tile then.
    ratio >= 1.5 - 1e-9 ? max(2, Int(min(ratio, 65_536).rounded())) : 1
  }

  /// The resolutions of the pictures, from fine to coarse; those of unknown resolution last.
  var resolutions: [DataSummary.Resolution] {
    let groups = Dictionary(grouping: pictures) { picture in
      DataSummary.Resolution(
        micronsPerPixel: picture.micronsPerPixel, reduction: picture.reduction, pictureCount: 0)
    }
    return groups.map { resolution, pictures in
      var resolution = resolution
      resolution.pictureCount = pictures.count
      return resolution
    }.sorted { $0.micronsPerPixel ?? .infinity < $1.micronsPerPixel ?? .infinity }
  }
}

extension DataSummary {
  /// Pictures of one resolution, in data that were made at one; see
  /// ``DataOptions/micronsPerPixel``.
  public struct Resolution: Sendable, Hashable, Codable {
    /// The side of a pixel of the files in micrometers; `nil` where it is not known.
    public internal(set) var micronsPerPixel: Double?
    /// Rows and columns of the blocks that were averaged; 1 where pictures stayed as they are.
    public internal(set) var reduction: Int
    /// The number of pictures.
    public internal(set) var pictureCount: Int
  }
}
