import Cajal
import Foundation
import Testing

/// `cajal datagen --page` of TIFF files of several pages.
@Suite struct PageTests {
  /// An uncompressed file with a page for each picture.
  private func file(_ pages: [Image], description: String? = nil) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var bytes = Array("II".utf8) + number(42, 2)
    // Where the place of the next directory is.
    var link = bytes.count
    bytes += number(0, 4)
    for (index, page) in pages.enumerated() {
      let pixels = bytes.count
      bytes += page.pixels
      let text = bytes.count
      let words = index == 0 ? description.map { Array($0.utf8) + [0] } : nil
      bytes += words ?? []
      if bytes.count % 2 == 1 { bytes.append(0) }
      let bits = bytes.count
      bytes += number(8, 2) + number(8, 2) + number(8, 2)
      var entries = [
        (256, 4, 1, page.width), (257, 4, 1, page.height), (258, 3, 3, bits), (259, 3, 1, 1),
        (262, 3, 1, 2),
      ]
      if let words { entries.append((270, 2, words.count, text)) }
      entries += [
        (273, 4, 1, pixels), (277, 3, 1, 3), (278, 4, 1, page.height),
        (279, 4, 1, page.pixels.count),
      ]
      bytes.replaceSubrange(link..<link + 4, with: number(bytes.count, 4))
      bytes += number(entries.count, 2)
      for (tag, type, count, value) in entries {
        bytes += number(tag, 2) + number(type, 2) + number(count, 4) + number(value, 4)
      }
      link = bytes.count
      bytes += number(0, 4)
    }
    return bytes
  }

  private func run(_ images: String, _ output: String, _ more: String...) throws -> CommandOutcome {
    try CajalProcess.run(
      [
        "datagen", "--images", images, "--output", output, "--problem", "allen-brain-4to16",
        "--option", "tissue=everything", "--evaluation-fraction", "0", "--json",
      ] + more)
  }

  private struct Tiles: Decodable, Equatable {
    var tiles: Int, mean: [Double], standard_deviation: [Double]
  }

  private func tiles(_ outcome: CommandOutcome) throws -> Tiles {
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(Tiles.self, from: Data(outcome.output.utf8))
  }

  /// The tiles of a page are those of its picture.
  @Test(arguments: [
    nil,
    #"<?xml version="1.0"?><OME><Image><Pixels PhysicalSizeX="0.5" SizeZ="3"/></Image></OME>"#,
  ])
  func pagesAreChosen(description: String?) throws {
    let folder = try TemporaryFolder()
    let paged = try folder.makeFolder("paged")
    let sizes = [(96, 64), (64, 128), (160, 96)]
    let pages = sizes.enumerated().map { index, size in
      SyntheticTissue.section(seed: UInt64(index), width: size.0, height: size.1)
    }
    _ = try folder.write(file(pages, description: description), to: "paged/a.tif")
    for (index, page) in pages.enumerated() {
      let single = try folder.makeFolder("single-\(index)")
      try page.write(to: single + "/a.png")
      let expected = try tiles(run(single, folder.path + "/data-\(index)"))
      let output = folder.path + "/data"
      #expect(try tiles(run(paged, output, "--page", "\(index)", "--overwrite")) == expected)
      if index == 0 { #expect(try tiles(run(paged, output)) == expected) }
    }
    let summary = try DataSummary(directory: folder.path + "/data")
    #expect(summary.micronsPerPixel == (description == nil ? nil : 0.5))
    // Data of another page are not taken for these.
    let kept = try run(paged, folder.path + "/data", "--page", "1")
    #expect(kept.status == 2 && kept.errors.contains("--overwrite"), "\(kept.errors)")
  }

  @Test func missingPagesAreSaid() throws {
    let folder = try TemporaryFolder()
    let paged = try folder.makeFolder("paged")
    let pages = [1, 2].map { SyntheticTissue.section(seed: $0, width: 64, height: 64) }
    _ = try folder.write(file(pages), to: "paged/a.tif")
    let single = try folder.makeFolder("single")
    try pages[0].write(to: single + "/b.png")
    for (images, page, words) in [
      (paged, "2", "a.tif: cannot be read: there is no page 2; the file has 2, counted from 0"),
      (single, "1", "b.png: it has a single picture: there is only page 0"),
      (paged, "-1", "--page is counted from 0, and not -1"),
    ] {
      let outcome = try run(images, folder.path + "/data", "--page=\(page)")
      #expect(outcome.status == 2 && outcome.errors.contains(words), "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/data"))
    }
    let elsewhere = try CajalProcess.run(["datagen", "--shards", paged, "--page", "1"])
    #expect(elsewhere.errors.contains("--page is for --images; leave it out with --shards"))
  }
}
