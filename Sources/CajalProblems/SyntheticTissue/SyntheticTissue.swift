import CajalSupport
public import CajalImages
import CajalTensor

/// Procedurally generated pictures that look like stained brain sections, for demonstrations and
/// tests without data.
///
/// At about 1 µm per pixel there is glass, a tissue border, a pale layer below it, cell bodies with
/// nuclei in varying density, and a band of densely packed small cells. Stains absorb light as dyes
/// do (Beer and Lambert's law), so that overlapping cells darken and colors stay those of the
/// stain.
public enum SyntheticTissue {
  /// The stain of the section.
  public enum Stain: String, Sendable, Hashable, CaseIterable {
    /// Nissl: all cell bodies violet.
    case nissl
    /// In situ hybridization: cells that express the gene almost black, the others a pale brown.
    case inSituHybridization = "in_situ_hybridization"
  }

  /// A section of the given size in pixels; the same seed, size and stain give the same pixels.
  public static func section(
    seed: UInt64, width: Int, height: Int, stain: Stain = .nissl
  ) -> Image {
    require(width > 0 && height > 0, "a section of \(width) x \(height) pixels is empty")
    var random = RandomStream(RandomKey(seed: seed, stream: DataStream.tissue.rawValue))
    let anatomy = TissueAnatomy(width: width, height: height, using: &random)
    var painter = TissuePainter(anatomy: anatomy, stain: stain)
    painter.paintGround(using: &random)
    painter.paintCells(using: &random)
    painter.blur()
    return painter.developed(using: &random)
  }

  /// Sections for data generation: `count` squares of `size` pixels, named `synthetic-0`,
  /// `synthetic-1`, ….
  public static func sections(
    _ count: Int, size: Int = 512, seed: UInt64 = 0, stain: Stain = .nissl
  ) -> PictureSource {
    .pictures(
      (0..<count).map { index in
        Picture(name: "synthetic-\(index)") {
          section(seed: seed &+ UInt64(index), width: size, height: size, stain: stain)
        }
      })
  }
}
