/// How large a picture from outside may be before it is refused, judged by what its header
/// declares, before memory is taken for it.
public struct ImageLimits: Sendable, Hashable {
  /// The most pixels.
  public var maximumPixels: Int
  /// The most rows and the most columns.
  public var maximumSide: Int
  /// The most bytes of memory for decoded values: of the whole picture, or of one row where a
  /// picture is read by rows. What libjpeg holds of a progressive picture counts by itself.
  public var maximumBytes: Int
  /// The most bytes that are read from a file.
  public var maximumFileBytes: Int

  /// 500 million pixels, 65 500 a side (the most that JPEG can hold), 2 GiB of memory and of file.
  public static let `default` = ImageLimits()

  /// Limits that differ from the default ones in what is given; `nil` for the file's bytes is as
  /// many as for the decoded ones.
  public init(
    maximumPixels: Int = 500_000_000, maximumSide: Int = 65_500, maximumBytes: Int = 1 << 31,
    maximumFileBytes: Int? = nil
  ) {
    self.maximumPixels = maximumPixels
    self.maximumSide = maximumSide
    self.maximumBytes = maximumBytes
    self.maximumFileBytes = maximumFileBytes ?? maximumBytes
  }
}
