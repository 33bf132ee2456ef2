/// The result of a download.
public struct DownloadReport: Sendable, Hashable {
  /// The pictures in the folder, in the order of the requests, without duplicates.
  public let files: [DownloadedSection]
  /// The failed sections, in the order of the requests.
  public let skipped: [SkippedSection]
}
