public import CajalImages

extension DataSummary {
  /// Statistics of the pictures with 16 bits per value.
  public struct DeepPictures: Sendable, Hashable, Codable {
    /// The number of pictures.
    public internal(set) var count: Int
    /// The range used by all of them together.
    public internal(set) var usedRange: UsedRange
    /// The number of pictures that use only a small part of the range.
    public internal(set) var narrowCount: Int
  }
}

extension DataSummary.DeepPictures {
  /// Creates the statistics of cut pictures; `nil` if all have 8 bits.
  init?(of pictures: [PictureTiles]) {
    let ranges = pictures.compactMap(\.usedRange)
    guard let largest = ranges.map(\.largestValue).max() else { return nil }
    count = ranges.count
    usedRange = UsedRange(largestValue: largest)
    narrowCount = ranges.count(where: \.isNarrow)
  }

  /// Throws if the pictures would become dark tiles, mistaken for background, unless the white
  /// level was given.
  func check(whiteLevel: Int?, source: String) throws(ProblemError) {
    guard whiteLevel == nil, usedRange.isNarrow else { return }
    throw .narrowValues(source: source, pictureCount: count, usedRange: usedRange)
  }
}
