import CajalSupport
import CajalImages
import Foundation

extension AllenBrainAtlas {
  /// Downloads section images into a cache folder: valid pictures (by checksum) are not downloaded
  /// again. Equal requests are downloaded once.
  ///
  /// Each picture is decoded before it gets its name (``SectionDownload/fileName``); beside it lies
  /// a JSON file of the same name with its length and checksum. A transfer that breaks off leaves a
  /// `.part` file, from which the next attempt or run resumes if the server supports it. Pictures
  /// from other servers than the Allen Institute's are in a separate folder within `folder`.
  ///
  /// - Parameters:
  ///   - requests: the images, in any order.
  ///   - folder: the cache folder, which is created where it is missing.
  ///   - progress: called with every step, one call at a time, on any thread.
  /// - Returns: the files, and the failed sections with the reason.
  /// - Throws: errors that affect all images: `AtlasError` where the server cannot be reached, an
  ///   error that names the folder where it cannot be written (or another download is filling it),
  ///   `CancellationError` where the task is canceled. Files that are complete stay.
  public func download(
    _ requests: [SectionDownload], to folder: String,
    progress: (@Sendable (DownloadProgress) -> Void)? = nil
  ) async throws -> DownloadReport {
    guard Self.isServer(configuration.server) else {
      throw AtlasError.unusableServer(configuration.server.absoluteString)
    }
    var seen: Set<SectionDownload> = []
    let requests = requests.filter { seen.insert($0).inserted }
    let reporter = ProgressReporter(sectionCount: requests.count, report: progress)
    let cache = SectionCache(folder: folder, server: configuration.server)
    var outcomes: [SectionDownload: Outcome] = [:]
    for request in requests {
      try Task.checkCancellation()
      guard let file = try cache.file(for: request) else { continue }
      let outcome = outcome(for: file)
      outcomes[request] = outcome
      reporter.update { outcome.count(in: &$0) }
    }
    let missing = requests.filter { outcomes[$0] == nil }
    if !missing.isEmpty {
      outcomes.merge(try await fetch(missing, into: cache, reporter)) { $1 }
    }
    return DownloadReport(
      files: requests.compactMap { outcomes[$0]?.file },
      skipped: requests.compactMap { request in
        outcomes[request]?.reason.map { SkippedSection(request: request, reason: $0) }
      })
  }

  /// The outcome of one request.
  private enum Outcome: Sendable {
    case present(DownloadedSection)
    case skipped(AtlasError)

    var file: DownloadedSection? { if case .present(let file) = self { file } else { nil } }
    var reason: AtlasError? { if case .skipped(let reason) = self { reason } else { nil } }

    func count(in progress: inout DownloadProgress) {
      if file == nil { progress.skipped += 1 } else { progress.present += 1 }
    }
  }

  /// The outcome of a file in the cache, which may have been downloaded under higher limits.
  private func outcome(for file: DownloadedSection) -> Outcome {
    let limits = configuration.imageLimits
    let pixels = file.width.multipliedReportingOverflow(by: file.height)
    let reason: String
    if pixels.overflow || pixels.partialValue > limits.maximumPixels
      || max(file.width, file.height) > limits.maximumSide
    {
      reason =
        "the picture is \(file.width) × \(file.height), more than is allowed; raise the limits"
    } else if file.byteCount > limits.maximumFileBytes {
      reason =
        "the picture has more than the allowed \(limits.maximumFileBytes) bytes; raise the limits"
    } else {
      return .present(file)
    }
    return .skipped(.tooLarge(url: file.path, reason: reason))
  }

  /// Downloads the missing pictures, limited by the number of connections.
  private func fetch(
    _ requests: [SectionDownload], into cache: SectionCache, _ reporter: ProgressReporter
  ) async throws -> [SectionDownload: Outcome] {
    try Files.createDirectory(cache.folder)
    let lock = try cache.lock()
    defer { lock.release() }
    let session = HTTPSession(configuration)
    defer { session.invalidate() }
    let check = PictureCheck(limits: configuration.imageLimits)

    return try await withThrowingTaskGroup(of: (SectionDownload, Outcome).self) { group in
      var outcomes: [SectionDownload: Outcome] = [:]
      var waiting = requests[...]
      while outcomes.count < requests.count {
        while let next = waiting.first,
          requests.count - waiting.count - outcomes.count < configuration.connections
        {
          waiting.removeFirst()
          group.addTask {
            let fetch = SectionFetch(
              atlas: self, request: next, cache: cache, session: session, check: check,
              reporter: reporter)
            do {
              return (next, .present(try await fetch.run()))
            } catch let error as AtlasError where error.concernsOneSection {
              return (next, .skipped(error))
            }
          }
        }
        guard let (request, outcome) = try await group.next() else { break }
        outcomes[request] = outcome
        reporter.update { outcome.count(in: &$0) }
      }
      return outcomes
    }
  }
}
