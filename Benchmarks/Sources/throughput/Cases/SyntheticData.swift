import Cajal
import Foundation

/// A data set of synthetic tissue for 8 × 8 to 32 × 32, in a temporary folder that goes with it.
final class SyntheticData: Sendable {
  /// The data.
  let dataset: Dataset
  /// A folder for whatever else is needed for as long.
  let folder: URL

  /// Paints sections and stores their tiles.
  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cajal-throughput-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    dataset = try AllenBrain.dim8to32.generateData(
      from: SyntheticTissue.sections(3, size: 256), to: folder.appendingPathComponent("data").path)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}
