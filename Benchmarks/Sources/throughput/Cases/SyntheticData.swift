import Cajal
import Foundation

/// A folder for temporary files, removed on deinit.
final class TemporaryFolder: Sendable {
  private let url = FileManager.default.temporaryDirectory
    .appendingPathComponent("cajal-throughput-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of a file in the folder.
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

/// A data set of synthetic tissue for 8 × 8 to 32 × 32, in a temporary folder.
final class SyntheticData: Sendable {
  /// The data.
  let dataset: Dataset
  /// A folder for whatever else is needed for as long.
  let folder: TemporaryFolder

  /// Paints sections of `size` pixels a side and stores their tiles, all or those with tissue.
  init(
    sections: Int = 3, size: Int = 256, tileFormat: TileFormat = .png, keepsAll: Bool = false
  ) throws {
    folder = try TemporaryFolder()
    var problem = AllenBrain.dim8to32
    if keepsAll { problem.tissueRule = .everything }
    dataset = try problem.generateData(
      from: SyntheticTissue.sections(sections, size: size), to: folder.path("data"),
      options: DataOptions(tileFormat: tileFormat))
  }
}
