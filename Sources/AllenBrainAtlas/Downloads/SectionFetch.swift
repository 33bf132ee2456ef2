import CajalSupport
import CajalImages
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Downloads one picture into the cache.
struct SectionFetch: Sendable {
  let atlas: AllenBrainAtlas
  let request: SectionDownload
  let cache: SectionCache
  let session: HTTPSession
  let check: PictureCheck
  let reporter: ProgressReporter

  /// The file in the cache, downloaded where it is not there.
  ///
  /// - Throws: `AtlasError`, `FileError` or `CancellationError`.
  func run() async throws -> DownloadedSection {
    // Another process may have filled the cache before this one got the lock.
    if let file = try cache.file(for: request) { return file }
    let url = try atlas.url(request.path, query: request.query)
    if let file = try await adopt(url) { return file }
    let part = try PartFile(path: cache.partPath(of: request))
    do {
      return try await atlas.retrying(url) {
        if !part.isComplete { try await transfer(url, into: part) }
        return try await finish(part, url)
      }
    } catch {
      // A resumable part is kept for the next run.
      if !part.isResumable { part.discard() }
      throw error
    }
  }

  /// Adopts a picture without a valid record, whose download was stopped just before the record was
  /// written. Anything else under its name is removed.
  private func adopt(_ url: URL) async throws -> DownloadedSection? {
    let path = cache.path(of: request)
    guard Files.exists(path) else { return nil }
    if !Files.exists(cache.recordPath(of: request)) {
      do {
        let facts = try await check.facts(of: path, url: url.absoluteString)
        return try cache.record(facts, for: request, wasCached: true)
      } catch is TransferFailure {
        // Incomplete picture.
      } catch is AtlasError {
        // Over the limits.
      }
    }
    try cache.remove(request)
    return nil
  }

  private func transfer(_ url: URL, into part: PartFile) async throws {
    var message = URLRequest(url: url)
    if part.isResumable, let validator = part.validator {
      message.setValue("bytes=\(part.count)-", forHTTPHeaderField: "Range")
      message.setValue(validator, forHTTPHeaderField: "If-Range")
    }
    let receiver = PartReceiver(
      part: part, url: url.absoluteString, limit: check.limits.maximumFileBytes, reporter: reporter)
    try await session.receive(message, into: receiver)
    guard part.total == nil || part.isComplete else {
      throw TransferFailure.broken(reason: "the picture is incomplete")
    }
  }

  /// Validates the complete file and renames it.
  private func finish(_ part: PartFile, _ url: URL) async throws -> DownloadedSection {
    do {
      let facts = try await check.facts(of: part.path, url: url.absoluteString)
      try Task.checkCancellation()
      try part.finish(as: cache.path(of: request))
      return try cache.record(facts, for: request, wasCached: false)
    } catch let error as TransferFailure {
      part.discard()
      throw error
    } catch let error as AtlasError {
      part.discard()
      throw error
    }
  }
}
