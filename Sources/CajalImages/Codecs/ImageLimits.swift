/// How large a picture from outside may be before it is refused, judged by what its header
/// declares, before memory is taken for it.
public struct ImageLimits: Sendable, Hashable {
  /// The most pixels.
  public var maximumPixels: Int
  /// The most rows and the most columns.
  public var maximumSide: Int
  /// The most bytes for the file and for the decoded values, each.
  public var maximumBytes: Int

  /// 500 million pixels, 65 500 a side (the most that JPEG can hold), 2 GiB.
  public static let `default` = ImageLimits()

  /// Limits that differ from the default ones in what is given.
  public init(
    maximumPixels: Int = 500_000_000, maximumSide: Int = 65_500, maximumBytes: Int = 1 << 31
  ) {
    self.maximumPixels = maximumPixels
    self.maximumSide = maximumSide
    self.maximumBytes = maximumBytes
  }
}
