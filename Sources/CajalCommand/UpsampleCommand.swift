import ArgumentParser
import Cajal
import CajalSupport

/// `cajal upsample`: enlarges pictures.
struct UpsampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upsample",
    abstract: "Enlarge pictures of any size.",
    discussion: """
      Example: cajal upsample --run runs/first section.png -o section-4x.png
      Example: cajal upsample --run runs/first sections/ -o enlarged/

      Rows are read and written one after the other, so that pictures may be larger than memory; \
      U-Nets alone see pictures as a whole. A run of an image transformer enlarges its tiles one by \
      one and blends them where they overlap. Alpha is enlarged by a filter; the size of a pixel \
      is divided by the ratio, and the color profile kept.

      An interrupted call leaves no half picture.
      """)

  @OptionGroup var runOptions: RunOptions
  @Argument(help: "Picture files, and folders whose pictures are taken.")
  var inputs: [String]

  @Option(
    name: .shortAndLong,
    help: """
      The picture to write, a .png, .jpg or .tif file; for several inputs or a folder a folder, \
      in which pictures have the names of their inputs, as .png where those are lossy.
      """)
  var output: String

  @Option(
    help: """
      Also write the entropy of each pixel's predicted distribution here, in bits per sub-pixel \
      with a color scale: a picture, or as --output a folder. With sample, greedy and mean that of \
      the distribution that the pixel was drawn from, given those decoded before it; with one-pass \
      and crisp given the finished picture in their place, the autoregressive model's bound in one \
      pass.
      """)
  var uncertainty: String?

  @Flag(help: "Continue where an interrupted call has kept finished rows, and skip what is there.")
  var resume = false

  @Option(
    help: """
      Keep finished rows beside the output, in OUTPUT.part, for --resume, when a picture is \
      predicted to take more seconds than this.
      """)
  var keepAfter = 600.0

  @Option(
    help: """
      About how many megabytes the features of a block of a restoration model may take, and as many \
      the finished rows; the picture does not depend on it.
      """)
  var memory = 512

  @OptionGroup var decoding: DecodingOptions
  @OptionGroup var whiteLevel: WhiteLevelOptions
  @OptionGroup var device: DeviceOptions
  @OptionGroup var limits: PictureLimitOptions
  @OptionGroup var results: ResultOutput

  func validate() throws {
    guard !inputs.isEmpty else { throw ValidationError("there is no picture to enlarge") }
    try NumberRange.check([("--memory", memory, 1...(1 << 20))])
    guard keepAfter >= 0 else {
      throw ValidationError("--keep-after is at least 0, not \(keepAfter)")
    }
  }

  func run() throws {
    let paths = try UpsamplingPaths(
      inputs: inputs, output: output, uncertainty: uncertainty, run: runOptions.folder)
    let stop = Stopping.signal()
    let line = ProgressLine()
    let run = try runOptions.open(on: try device.open(), reportingTo: line)
    let decoding = try decoding.decoding(of: run.model)
    let pictures = paths.pictures.filter { !(resume && isDone($0)) }
    let display = UpsamplingDisplay(line, expected: pictures.map { pixels($0.input) })
    var enlarged: [EnlargedPicture] = []
    for picture in pictures {
      let job = UpsamplingJob(
        run: run, decoding: decoding, paths: picture, limits: limits.limits,
        whiteLevel: whiteLevel.whiteLevel ?? run.data.whiteLevel, keepAfter: keepAfter,
        memory: memory << 20, resumes: resume, line: line, display: display, stop: stop)
      do {
        enlarged.append(try job.enlarge())
      } catch PredictionError.stopped {
        line.finish()
        try Stopping.exitIfStopped(by: stop)
        throw PredictionError.stopped
      }
      line.finish()
      if !results.json, let last = enlarged.last { print(last.text) }
    }
    if results.json { try StandardOutput.print(json: EnlargedPictures(pictures: enlarged)) }
  }

  /// Whether an earlier call has finished a picture.
  private func isDone(_ picture: UpsamplingPaths.Picture) -> Bool {
    ([picture.output] + (picture.uncertainty.map { [$0] } ?? [])).allSatisfy(Files.exists)
      && !Files.exists(PartFolder.path(for: picture.output))
  }

  /// The pixels of a picture for the time that is left; errors are reported when its turn comes, and
  /// a stream can be read only once.
  private func pixels(_ path: String) -> Int {
    guard Files.status(of: path)?.kind == .regular,
      let reader = try? ImageReader(contentsOf: path, limits: limits.limits)
    else { return 0 }
    return reader.width * reader.height
  }
}

/// What a call has enlarged, as JSON.
private struct EnlargedPictures: Encodable {
  let pictures: [EnlargedPicture]
}
