import CajalImages
import Foundation
import Testing

/// A held-out section of pictures that are not part of the package.
enum SharedSection {
  private struct Index: Decodable {
    struct Item: Decodable {
      let file: String
      let section: String
      let crop: [Int]?
    }
    let items: [Item]
  }

  private static let folder = URL(filePath: #filePath)
    .appending(path: "../../../../shared/data/sections").standardizedFileURL

  static var isThere: Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "index.json").path)
  }

  /// Tiles of 32×32 of the section that are not background.
  static func tiles() throws -> [Image] {
    let file = folder.appending(path: "index.json")
    let index = try JSONDecoder().decode(Index.self, from: Data(contentsOf: file))
    return try index.items.filter { $0.section == "gad1_p56_sect_3" }.flatMap { item in
      let crop = try #require(item.crop)
      let picture = try Image(contentsOf: folder.appending(path: item.file).path)
        .cropped(x: crop[0], y: crop[1], width: crop[2] - crop[0], height: crop[3] - crop[1])
      return stride(from: 0, through: picture.height - 32, by: 32).flatMap { y in
        stride(from: 0, through: picture.width - 32, by: 32).map { x in
          picture.cropped(x: x, y: y, width: 32, height: 32)
        }
      }.filter { $0.lumaStandardDeviation >= 4 }
    }
  }
}

/// Numbers are those of `NumPy/measures.py` and Pillow's Lanczos filter.
@Suite(.enabled(if: SharedSection.isThere, "../shared/data/sections is not there"))
struct SectionMeasuresTests {
  @Test func lanczosAndOtherTilesAreAsFarAsInNumPy() throws {
    let tiles = try SharedSection.tiles()
    #expect(tiles.count == 1390)
    let targets = stride(from: 0, to: 1280, by: 10).map { tiles[$0] }
    let others = stride(from: 5, to: 1280, by: 10).map { tiles[$0] }
    let lanczos = targets.map {
      $0.averaged(factor: 4).resized(width: 32, height: 32, filter: .lanczos3)
    }
    let patches = try #require(PatchProjections(targets))
    let spectrum = try #require(LogSpectrum(targets))
    for (pictures, sliced, logSpectral) in [
      (lanczos, 1.740281513, 14.917740901), (others, 0.114319410, 0.762186229),
    ] {
      let distance = try #require(PatchProjections(pictures)).distance(to: patches)
      #expect(abs(distance - sliced) < 1e-4, "\(distance)")
      let decibels = try #require(LogSpectrum(pictures)).distance(to: spectrum)
      #expect(abs(decibels - logSpectral) < 1e-6, "\(decibels)")
    }
    let share = ImageMetrics.equalShare(
      lanczos.map { $0.averaged(factor: 4) }, targets.map { $0.averaged(factor: 4) })
    #expect(abs(share - 0.263468424) < 1e-8)
    #expect(abs(ImageMetrics.meanPSNR(lanczos, targets) - 32.285046642) < 1e-6)
  }
}
