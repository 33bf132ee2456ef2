import ArgumentParser
import Cajal
import CajalSupport
import Foundation

/// The options for downloading sections from the Allen Institute's image server.
struct DownloadOptions: ParsableArguments {
  @Flag(
    help: """
      Download sections from the Allen Institute's image server: the 100 of the original problem, \
      unless --ids or --dataset names others. Its terms of use apply.
      """)
  var download = false

  @Option(
    name: .customLong("ids"),
    help: "With --download: a text file of section image ids, one per line; # begins a comment.")
  var idsFile: String?

  @Option(
    name: .customLong("dataset"),
    help: "With --download: all the good sections of this experiment. May be repeated.")
  var dataSets: [Int] = []

  @Option(help: "With --download: how often width and height are halved. (default: 0)")
  var downsample: Int?

  @Option(
    help: "With --download: the quality of the JPEGs, 0 to 100. (default: the server's highest)")
  var quality: Int?

  @Option(
    help: """
      With --download: the folder that keeps the pictures, so that none is downloaded twice. \
      (default: ~/.cache/cajal/sections)
      """)
  var cache: String?

  @Option(help: "With --download: another server. (default: https://api.brain-map.org)")
  var server: String?

  func validate() throws {
    guard download else {
      let given: [(name: String, isGiven: Bool)] = [
        ("--ids", idsFile != nil), ("--dataset", !dataSets.isEmpty),
        ("--downsample", downsample != nil), ("--quality", quality != nil),
        ("--cache", cache != nil), ("--server", server != nil),
      ]
      if let option = given.first(where: \.isGiven) {
        throw ValidationError("\(option.name) needs --download")
      }
      return
    }
    try Self.check(downsample, in: SectionDownload.downsampleRange, option: "--downsample")
    try Self.check(quality, in: SectionDownload.qualityRange, option: "--quality")
    if let id = dataSets.first(where: { $0 <= 0 }) {
      throw ValidationError("--dataset is the positive id of an experiment, not \(id)")
    }
    if cache == "" { throw ValidationError("--cache names a folder") }
    _ = try configuration
  }

  private static func check(_ value: Int?, in range: ClosedRange<Int>, option: String) throws {
    if let value, !range.contains(value) {
      throw ValidationError(
        "\(option) is from \(range.lowerBound) to \(range.upperBound), not \(value)")
    }
  }

  private var configuration: AllenBrainAtlas.Configuration {
    get throws {
      var configuration = AllenBrainAtlas.Configuration()
      guard let server else { return configuration }
      guard let url = URL(string: server), AllenBrainAtlas.isServer(url) else {
        throw ValidationError(
          "--server is an address such as https://api.brain-map.org, not \(server)")
      }
      configuration.server = url
      return configuration
    }
  }

}

extension DownloadOptions {
  /// Downloads the requested sections; pictures over the limits are skipped.
  ///
  /// - Throws: an error that names the option, the file or the address, also if there is no section
  ///   at all.
  func sections(
    within limits: ImageLimits = .default, reportingTo progress: ProgressLine
  ) async throws -> DownloadedSections {
    let folder = try cache ?? CacheFolder.standard()
    var configuration = try configuration
    configuration.imageLimits = limits
    let atlas = AllenBrainAtlas(configuration: configuration)
    let requests = try await ids(of: atlas).map {
      SectionDownload($0, downsample: downsample ?? 0, quality: quality)
    }
    let report = try await download(requests, from: atlas, to: folder, progress)
    progress.finish()
    if report.files.isEmpty, let first = report.skipped.first { throw first.reason }
    return DownloadedSections(
      folder: folder,
      files: report.files.map { ($0.path, $0.request.fileName, $0.request.id) },
      skipped: report.skipped.map { section in
        let wayOut = WayOut.text(for: section.reason).map { "; " + $0 } ?? ""
        return "section \(section.request.id): \(section.reason)\(wayOut)"
      })
  }

  private func download(
    _ requests: [SectionDownload], from atlas: AllenBrainAtlas, to folder: String,
    _ progress: ProgressLine
  ) async throws -> DownloadReport {
    let report = { @Sendable (state: DownloadProgress) in
      let skipped = state.skipped == 0 ? "" : ", \(state.skipped) skipped"
      progress.show(
        "\(state.present)/\(state.sectionCount) sections\(skipped), "
          + "\(state.receivedBytes / 1_000_000) MB received")
    }
    do {
      return try await atlas.download(requests, to: folder, progress: report)
    } catch let error as FileError where error.path.hasPrefix(folder) {
      throw FileError(
        path: error.path, attempt: error.attempt,
        reason: error.reason + "; --cache names another folder for downloads")
    }
  }

  private func ids(of atlas: AllenBrainAtlas) async throws -> [Int] {
    var ids = try idsFile.map(Self.ids(inFile:)) ?? []
    if !dataSets.isEmpty {
      let images = try await atlas.sectionImages(SectionQuery(dataSets: dataSets))
      guard !images.isEmpty else {
        let list = dataSets.map(String.init).joined(separator: ", ")
        throw ValidationError("--dataset \(list): the server has no good section of it")
      }
      ids += images.map(\.id)
    }
    return idsFile == nil && dataSets.isEmpty ? AllenBrainAtlas.originalSectionIDs : ids
  }

  /// The ids in a text file.
  static func ids(inFile path: String) throws -> [Int] {
    // Comments may be in any encoding.
    let text = try Files.readText(path, limit: 1 << 24, repairsOthers: true)
    var ids: [Int] = []
    for (index, line) in text.split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline
    ).enumerated() {
      let entry = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
      if entry.isEmpty { continue }
      guard let id = Int(entry), id > 0 else {
        throw ValidationError("\(path), line \(index + 1): \(entry) is not a section image id")
      }
      ids.append(id)
    }
    guard !ids.isEmpty else { throw ValidationError("\(path) has no ids of section images") }
    return ids
  }
}
