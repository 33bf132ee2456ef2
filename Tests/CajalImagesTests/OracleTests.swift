import CajalImages
import Foundation
import Testing

/// The figures that were measured with Pillow, PyTorch and a separate implementation of SSIM on the
/// pictures of a published experiment.
struct BlogFigures: Decodable {
  struct Item: Decodable {
    var id: Int
    var kind: String
    var files: [String: String]
    var psnrDb: [String: Double]?
    var ssim: [String: Double]?
  }

  var items: [Item]

  static let folder = URL(filePath: #filePath)
    .appending(path: "../../../../shared/data/blog").standardizedFileURL

  /// Whether the pictures are beside the package; they are not part of it.
  static var areThere: Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "index.json").path)
  }

  static func load() throws -> BlogFigures {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      BlogFigures.self, from: Data(contentsOf: folder.appending(path: "index.json")))
  }

  static func image(_ item: Item, _ role: String) throws -> Image {
    try Image(contentsOf: folder.appending(path: #require(item.files[role])).path)
  }
}

@Suite(.enabled(if: BlogFigures.areThere, "../shared/data/blog is not there"))
struct OracleTests {
  static let filters: [String: ResizeFilter] = [
    "nearest": .nearest, "bilinear": .bilinear, "bicubic_a-0.5": .bicubic,
    "bicubic_a-0.75": .bicubicRepeatingEdges, "lanczos3": .lanczos3,
  ]

  /// The figures are given to 4 decimals (PSNR) and 5 (SSIM), so half a unit of the last one is all
  /// that may differ.
  @Test func everyFigureIsReproduced() throws {
    var compared = 0
    for item in try BlogFigures.load().items where item.kind == "triple" {
      let input = try BlogFigures.image(item, "input")
      let target = try BlogFigures.image(item, "target")
      for (method, figure) in try #require(item.psnrDb) {
        let prediction =
          method == "blog"
          ? try BlogFigures.image(item, "blog_prediction")
          : input.resized(
            width: 32, height: 32, filter: try #require(Self.filters[method], "\(method)"))
        let psnr = ImageMetrics.psnr(prediction, target)
        #expect(abs(psnr - figure) <= 0.5001e-4, "\(item.id) \(method): \(psnr) and \(figure)")
        let ssim = try #require(ImageMetrics.ssim(prediction, target))
        let ssimFigure = try #require(item.ssim?[method])
        #expect(abs(ssim - ssimFigure) <= 0.5001e-5, "\(item.id) \(method): \(ssim), \(ssimFigure)")
        compared += 1
      }
    }
    #expect(compared == 24)
  }

  /// Every published input is the truncated mean of blocks of its target.
  @Test func inputsAreTruncatedMeansOfTargets() throws {
    let items = try BlogFigures.load().items
    #expect(items.count == 8)
    for item in items {
      let target = try BlogFigures.image(item, "target")
      #expect(try target.averaged(factor: 4) == BlogFigures.image(item, "input"))
    }
  }
}
