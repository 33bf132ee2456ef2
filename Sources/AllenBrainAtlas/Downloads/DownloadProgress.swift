/// The progress of a download.
public struct DownloadProgress: Sendable, Hashable {
  /// The number of distinct requested sections.
  public let sectionCount: Int
  /// The number of sections in the folder.
  public internal(set) var present = 0
  /// The number of failed sections.
  public internal(set) var skipped = 0
  /// The number of bytes received.
  public internal(set) var receivedBytes = 0
}
