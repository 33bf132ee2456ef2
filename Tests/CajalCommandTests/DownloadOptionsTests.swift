import ArgumentParser
import Cajal
import Foundation
import Testing

@testable import CajalCommand

@Suite struct DownloadOptionsTests {
  @Test(arguments: [
    (["--ids", "f"], "--ids needs --download"),
    (["--dataset", "3"], "--dataset needs --download"),
    (["--cache", "f"], "--cache needs --download"),
    (["--download", "--downsample", "17"], "--downsample is from 0 to 16, not 17"),
    (["--download", "--quality", "101"], "--quality is from 0 to 100, not 101"),
    (["--download", "--dataset", "0"], "--dataset is the positive id of an experiment, not 0"),
    (["--download", "--cache", ""], "--cache names a folder"),
    (["--download", "--server", "ftp://host"], "--server is an address such as"),
    (["--download", "--server", "api.brain-map.org"], "--server is an address such as"),
  ])
  func whatDoesNotFitTogetherIsRefused(_ arguments: [String], reason: String) {
    let error = #expect(throws: (any Error).self) { try DownloadOptions.parse(arguments) }
    #expect(error.map { DownloadOptions.message(for: $0).contains(reason) } == true)
  }

  @Test func idsAreReadFromAFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/ids.txt"
    try Data("# sections\n12\n\n 7 # the second\r\n12\n".utf8).write(to: URL(filePath: path))
    #expect(try DownloadOptions.ids(inFile: path) == [12, 7, 12])
    try Data("12\nseven\n".utf8).write(to: URL(filePath: path))
    let error = #expect(throws: ValidationError.self) { try DownloadOptions.ids(inFile: path) }
    #expect(error?.message == "\(folder.path)/ids.txt, line 2: seven is not a section image id")
  }

  /// What is in the folder needs no network.
  @Test func sectionsInTheCacheAreFound() async throws {
    let folder = try TemporaryFolder()
    let (ids, cache) = (folder.path + "/ids.txt", folder.path + "/cache")
    try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
    try Data("12\n".utf8).write(to: URL(filePath: ids))
    try Image(width: 9, height: 6, channels: 3, filledWith: 200).write(to: cache + "/12-d3.jpg")
    let options = try DownloadOptions.parse([
      "--download", "--ids", ids, "--downsample", "3", "--cache", cache,
    ])
    let sections = try await options.sections(reportingTo: ProgressLine())
    #expect(sections.files.map(\.name) == ["12-d3.jpg"])
    #expect(sections.files.map(\.section) == [12])
    #expect(sections.skipped.isEmpty)
    #expect(sections.folder == folder.path + "/cache")
  }
}
