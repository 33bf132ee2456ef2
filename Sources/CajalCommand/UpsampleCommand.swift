import ArgumentParser
import Cajal
import CajalSupport

/// `cajal upsample`: enlarges a picture.
struct UpsampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upsample",
    abstract: "Enlarge one picture of a size that the model takes.",
    discussion: "Example: cajal upsample --run runs/first tile.png -o tile-4x.png")

  @OptionGroup var runOptions: RunOptions
  @Argument(help: "A PNG or JPEG file.")
  var input: String

  @OptionGroup var picture: PictureOutput
  @OptionGroup var decoding: DecodingOptions
  @OptionGroup var whiteLevel: WhiteLevelOptions
  @OptionGroup var device: DeviceOptions
  @OptionGroup var limits: PictureLimitOptions

  func run() throws {
    try checkInput()
    try picture.check(reading: [input, runOptions.folder])
    let progress = ProgressLine()
    let run = try runOptions.open(on: try device.open(), reportingTo: progress)
    let decoding = try decoding.decoding(of: run.model)
    let small = try readInput(
      whiteLevel: whiteLevel.whiteLevel ?? run.data.whiteLevel, reportingTo: progress)
    let model = run.model
    // For a problem unknown to this program, pictures are used unchanged.
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
      large = try model.upsample(prepared, decoding: decoding) {
        progress.show("decoding", share: $0)
      }
    } catch let error as PictureSizeError {
      throw ValidationError("\(input): \(error)")
    }
    progress.finish()
    try large.write(to: picture.output)
    print("\(picture.output): \(large.width)×\(large.height) pixels")
  }

  /// Reports, before any work is done, an input that is not a file.
  private func checkInput() throws {
    guard !Files.isDirectory(input) else {
      throw ValidationError("\(input) is a folder; upsample enlarges one picture at a time")
    }
    _ = try Files.openForReading(input, allowsStreams: true, allowsDevices: true)
  }

  /// The input, whose 16-bit values are scaled as those of the run's data.
  private func readInput(whiteLevel: Int?, reportingTo progress: ProgressLine) throws -> Image {
    let deep = try DeepImage(contentsOf: input, limits: limits.limits, whiteLevel: whiteLevel)
    if let used = deep.usedRange {
      if let whiteLevel, used.largestValue > whiteLevel {
        progress.say(
          "note: the largest value of \(input), \(used.largestValue), is above white, \(whiteLevel)"
        )
      } else if whiteLevel == nil, used.isNarrow {
        progress.say(
          "note: \(input) uses \(used.text); "
            + "--white-level \(used.probableWhiteLevel) takes that for white"
        )
      }
    }
    return deep.narrowed(whiteLevel: whiteLevel ?? 65535)
  }
}
