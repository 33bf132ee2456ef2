import Cajal
import Foundation
import Testing

/// `cajal datagen` of the files of microscopes.
@Suite struct SlideTests {
  private func run(
    _ folder: TemporaryFolder, _ more: [String], environment: [String: String] = [:]
  ) throws -> CommandOutcome {
    try CajalProcess.run(
      [
        "datagen", "--images", folder.path + "/in", "--output", folder.path + "/data", "--problem",
        "allen-brain-4to16", "--option", "tissue=everything", "--evaluation-fraction", "0",
        "--overwrite",
      ] + more, environment: environment)
  }

  /// A folder with a pyramid of 0.25 µm per pixel.
  private func folder(_ name: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/in", withIntermediateDirectories: true)
    let image = SyntheticTissue.section(seed: 4, width: 600, height: 300)
    try ImageWriter.write(
      to: folder.path + "/a.tif", width: 600, height: 300, channels: 3,
      metadata: PictureMetadata(pixelSize: .init(width: 0.25, height: 0.25))
    ) { try $0.append(image) }
    try FileManager.default.moveItem(
      atPath: folder.path + "/a.tif", toPath: folder.path + "/in/" + name)
    return folder
  }

  @Test func levelsRegionsAndResolutionsAreOptions() throws {
    let folder = try folder("a.tif")
    let plain = try run(folder, [])
    #expect(plain.status == 0, "\(plain.errors)")
    #expect(plain.output.contains("0.25 µm per pixel"), "\(plain.output)")
    let level = try run(folder, ["--level", "1", "--region", "20,10,128,64"])
    #expect(level.output.contains("0.5 µm per pixel"), "\(level.output)")
    let brought = try run(folder, ["--microns-per-pixel", "0.65"])
    #expect(brought.output.contains("1 picture, averaged to 0.65"), "\(brought.output)")
  }

  @Test func whatCannotBeTakenIsSaid() throws {
    let folder = try folder("a.tif")
    for (options, status, words) in [
      (["--level", "3"], 2, "there is no level 3; the picture has 3, counted from 0"),
      (["--region", "590,0,20,20"], 2, "does not lie in its 600 × 300 pixels"),
      (["--region", "1,2,3"], 2, "--region <x,y,w,h>"),
      (["--region", "0,0,0,5"], 2, "--region <x,y,w,h>"), (["--level", "-1"], 2, "--level"),
    ] as [([String], Int32, String)] {
      let outcome = try run(folder, options)
      #expect(outcome.status == status, "\(options): \(outcome.errors)")
      #expect(outcome.errors.contains(words), "\(options): \(outcome.errors)")
    }
  }

  @Test func withoutOpenSlideItIsSaidWhatToInstall() throws {
    let folder = try folder("a.svs")
    let outcome = try run(folder, [], environment: ["CAJAL_OPENSLIDE_LIBRARY": "/no/such/library"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("a.svs: files of slide scanners are read by OpenSlide"))
    #expect(outcome.errors.contains("install the package libopenslide0"))
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
  }
}
