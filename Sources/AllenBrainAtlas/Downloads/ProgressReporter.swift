import Synchronization

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
