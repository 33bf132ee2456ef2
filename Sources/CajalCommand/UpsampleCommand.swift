import ArgumentParser
import Cajal

/// `cajal upsample`: makes a large picture of a small one.
struct UpsampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upsample",
    abstract: "Enlarge one picture of the size that the model takes.",
    discussion: "Example: cajal upsample --run runs/first tile.png -o tile-4x.png")

  /// Larger pictures fit no model; what declares more is refused before it is decoded.
  private static let limits = ImageLimits(
    maximumPixels: 1 << 24, maximumSide: 1 << 14, maximumBytes: 1 << 26)

  @OptionGroup var runOptions: RunOptions
  @Argument(help: "A PNG or JPEG file.")
  var input: String

  @OptionGroup var picture: PictureOutput
  @OptionGroup var decoding: DecodingOptions

  func run() throws {
    let small = try Image(contentsOf: input, limits: Self.limits)
    try picture.checkFolder()
    let progress = ProgressLine()
    let run = try runOptions.open(reportingTo: progress)
    let model = run.model
    // A run of a problem that only another program knows takes pictures as they are.
    let prepared = try (try? run.problem)?.preparedInput(small) ?? small
    let share =
      model.normalization?.clippedShare(
        of: prepared.converted(toChannels: model.channels).pixels) ?? 0
    if share > 0 {
      progress.say(
        "\(Figures.fixed(100 * share, 1)) % of the values of \(input) are outside of the range "
          + "that the model was trained for and are cut off")
    }
    let large: Image
    do {
      large = try model.upsample(prepared, decoding: decoding.decoding) {
        progress.show("decoding", share: $0)
      }
    } catch let error as PictureSizeError {
      throw ValidationError("\(input): \(error)")
    }
    progress.finish()
    try large.write(to: picture.output)
    print("\(picture.output): \(large.width)×\(large.height) pixels")
  }
}
