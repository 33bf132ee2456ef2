public import CajalImages

extension DataSummary {
  /// What was seen of the pictures whose files have 16 bits a value.
  public struct DeepPictures: Sendable, Hashable, Codable {
    /// How many there are.
    public internal(set) var count: Int
    /// How much of their range all of them use together.
    public internal(set) var usedRange: UsedRange
    /// How many of them use a small part of the range, each by itself.
    public internal(set) var narrowCount: Int
  }
}

extension DataSummary.DeepPictures {
  /// What was seen while pictures were cut; `nil` where all are of 8 bits.
  init?(of pictures: [PictureTiles]) {
    let ranges = pictures.compactMap(\.usedRange)
    guard let largest = ranges.map(\.largestValue).max() else { return nil }
    count = ranges.count
    usedRange = UsedRange(largestValue: largest)
    narrowCount = ranges.count(where: \.isNarrow)
  }

  /// Throws where the pictures would become dark tiles that pass for background, unless the white
  /// level was chosen.
  func check(whiteLevel: Int?, source: String) throws(ProblemError) {
    guard whiteLevel == nil, usedRange.isNarrow else { return }
    throw .narrowValues(source: source, pictureCount: count, usedRange: usedRange)
  }
}
