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
}
