/// A section image that could not be downloaded.
public struct SkippedSection: Sendable, Hashable {
  /// The request.
  public let request: SectionDownload
  /// The reason.
  public let reason: AtlasError
}
