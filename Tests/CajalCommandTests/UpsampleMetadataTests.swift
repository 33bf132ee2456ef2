import Cajal
import Foundation
import Testing

/// What `cajal upsample` does with what files say beside their values.
@Suite struct UpsampleMetadataTests {
  /// Writes a small picture.
  private func write(_ path: String, _ metadata: PictureMetadata) throws {
    let image = SyntheticTissue.section(seed: 3, width: 9, height: 7)
    try ImageWriter.write(to: path, width: 9, height: 7, channels: 3, metadata: metadata) {
      try $0.append(image)
    }
  }

  private func upsample(
    _ work: Workspace, run: String, _ input: String, to name: String
  ) throws -> CommandOutcome {
    let outcome = try CajalProcess.run([
      "upsample", "--run", run, input, "-o", "\(work.path)/\(name)",
    ])
    try #require(outcome.status == 0, "\(outcome.errors)")
    return outcome
  }

  /// A run on tiles of 0.5 µm enlarges pixels of 2 µm by 4.
  @Test func otherResolutionsAreWarnedOf() throws {
    let work = try Workspace()
    let sections = try work.folder.makeFolder("measured")
    for seed in 1...2 {
      let image = SyntheticTissue.section(seed: UInt64(seed), width: 128, height: 128)
      try ImageWriter.write(
        to: "\(sections)/\(seed).tif", width: 128, height: 128, channels: 3,
        metadata: PictureMetadata(pixelSize: .init(width: 0.5, height: 0.5))
      ) { try $0.append(image) }
    }
    let (data, measured) = (work.path + "/measured-data", work.path + "/measured-run")
    let made = try CajalProcess.run([
      "datagen", "--images", sections, "--output", data, "--option", "tissue=everything",
      "--evaluation-section", "2.tif",
    ])
    try #require(made.status == 0, "\(made.errors)")
    try work.trainRestoration(measured, data: data)

    let folder = try work.folder.makeFolder("in")
    let sides: [(Double, isWarnedOf: Bool)] = [
      (2, false), (2.39, false), (2.4, true), (5, true), (1.68, false), (1.6, true), (0.5, true),
      // A resolution of screens says nothing of the section.
      (25_400 / 72, false),
    ]
    for (side, _) in sides {
      try write(
        "\(folder)/\(side).tif", PictureMetadata(pixelSize: .init(width: side, height: side)))
    }
    try write(folder + "/unknown.tif", PictureMetadata())
    let errors = try upsample(work, run: measured, folder, to: "large").errors
    for (side, isWarnedOf) in sides {
      let warning =
        "warning: a pixel of \(folder)/\(side).tif is \(String(format: "%.3f", side)) µm wide, but the "
        + "run was trained to enlarge pixels of 2.000 µm; resample the picture"
      #expect(errors.contains(warning) == isWarnedOf, "\(side): \(errors)")
    }
    #expect(errors.matches(of: /warning:/).count == sides.count { $0.isWarnedOf }, "\(errors)")
    // A run on pictures of unknown resolution.
    try work.trainRestoration()
    #expect(!(try upsample(work, run: work.run, folder, to: "more").errors.contains("warning")))
  }

  @Test func profilesAndPixelSizesOfTIFFAreKept() throws {
    let work = try Workspace()
    try work.trainRestoration()
    // The header of a profile of colors without entries.
    var profile = [UInt8](repeating: 0, count: 132)
    profile[3] = 132
    profile.replaceSubrange(12..<20, with: "mntrRGB ".utf8)
    profile.replaceSubrange(36..<40, with: "acsp".utf8)
    let input = work.path + "/in.tif"
    let metadata = PictureMetadata(
      pixelSize: .init(width: 2, height: 3), colorProfile: profile)
    try write(input, metadata)
    _ = try upsample(work, run: work.run, input, to: "large.tif")
    let reader = try ImageReader(contentsOf: work.path + "/large.tif")
    #expect((reader.width, reader.height) == (36, 28))
    #expect(reader.metadata.colorProfile == profile)
    #expect(reader.metadata.pixelSize == .init(width: 0.5, height: 0.75))
    // Without either, nothing is made up.
    try write(input, PictureMetadata())
    _ = try upsample(work, run: work.run, input, to: "large.tif")
    #expect(try ImageReader(contentsOf: work.path + "/large.tif").metadata == PictureMetadata())
  }
}
