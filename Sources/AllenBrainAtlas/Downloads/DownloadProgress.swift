import Synchronization

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

/// Counts the progress of a download and reports it, one call at a time.
final class ProgressReporter: Sendable {
  private let progress: Mutex<DownloadProgress>
  private let report: (@Sendable (DownloadProgress) -> Void)?

  init(sectionCount: Int, report: (@Sendable (DownloadProgress) -> Void)?) {
    progress = Mutex(DownloadProgress(sectionCount: sectionCount))
    self.report = report
  }

  func update(_ change: (inout DownloadProgress) -> Void) {
    progress.withLock { progress in
      change(&progress)
      report?(progress)
    }
  }
}
