import Cajal

/// Sections of one size that are cut into tiles.
struct CutCase {
  /// The columns and rows of a section.
  let width: Int, height: Int
  /// `jpeg` or `png`.
  let format: String
  /// How many sections there are; two are cut at a time where there are two threads.
  var sections = 1

  private var name: String {
    sections == 1 ? "cut_\(width)x\(height)_\(format)" : "cut_\(sections)_sections"
  }

  /// `cajal datagen` of a folder with the sections, with a few runs: each takes seconds to minutes.
  var benchmark: BenchmarkCase {
    let problem = AllenBrain.dim8to32
    let tiles = sections * (width / problem.tileSize) * (height / problem.tileSize)
    return BenchmarkCase(
      name, images: tiles, minimumRuns: tiles > 50_000 ? 1 : 3, warmUpRuns: 0
    ) {
      let folder = try TemporaryFolder()
      let pictures = try (0..<sections).map { index in
        let path = folder.path("section-\(index).\(format)")
        try SyntheticSection(width: width, height: height).write(to: path)
        return Picture(file: path)
      }
      let options = DataOptions(
        evaluationFraction: sections == 1 ? 0 : 0.05, existing: .replace)
      return {
        try problem.generateData(
          from: .pictures(pictures), to: folder.path("data"), options: options)
      }
    }
  }
}
