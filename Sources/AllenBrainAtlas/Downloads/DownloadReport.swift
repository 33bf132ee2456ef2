/// A section image in the cache folder.
public struct DownloadedSection: Sendable, Hashable {
  /// What was asked for.
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

/// A section image that could not be had.
public struct SkippedSection: Sendable, Hashable {
  /// What was asked for.
  public let request: SectionDownload
  /// Why it is missing.
  public let reason: AtlasError
}

/// What became of a download.
public struct DownloadReport: Sendable, Hashable {
  /// What is in the folder, in the order of the requests; each once, however often it was asked
  /// for.
  public let files: [DownloadedSection]
  /// What is missing, in the order of the requests.
  public let skipped: [SkippedSection]
}

/// How far a download is.
public struct DownloadProgress: Sendable, Hashable {
  /// The different sections that were asked for.
  public let sectionCount: Int
  /// Those that are in the folder.
  public internal(set) var present = 0
  /// Those that cannot be had.
  public internal(set) var skipped = 0
  /// The bytes that have come from the server.
  public internal(set) var receivedBytes = 0
}
