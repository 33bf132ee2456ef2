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
