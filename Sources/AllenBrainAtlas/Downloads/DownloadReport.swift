/// A section image in the cache folder.
public struct DownloadedSection: Sendable, Hashable {
  /// The request.
  public let request: SectionDownload
  /// The file: the folder as it was given and the file's name.
  public let path: String
  /// The columns of the picture.
  public let width: Int
  /// The rows of the picture.
  public let height: Int
  /// The bytes of the file.
  public let byteCount: Int
  /// Whether the file was in the folder already.
  public let wasCached: Bool
}

/// A section image that could not be downloaded.
public struct SkippedSection: Sendable, Hashable {
  /// The request.
  public let request: SectionDownload
  /// The reason.
  public let reason: AtlasError
}

/// The result of a download.
public struct DownloadReport: Sendable, Hashable {
  /// The pictures in the folder, in the order of the requests, without duplicates.
  public let files: [DownloadedSection]
  /// The failed sections, in the order of the requests.
  public let skipped: [SkippedSection]
}
