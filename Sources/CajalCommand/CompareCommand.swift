import ArgumentParser
import Cajal

/// `cajal compare`: measures pictures against a target.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Measure pictures against a target: PSNR and SSIM.",
    discussion: """
      Example: cajal compare target.png ours.png theirs.png --input small.png -o panel.png

      Pictures are measured in their own depth, 16 bits if one of them has so many, and in color \
      if the target or the picture is; the order does not matter. SSIM has a Gaussian window of \
      11 × 11 with standard deviation 1.5, and is the mean over valid positions and channels. \
      With --json, an exact picture has "exact": true and no PSNR (null).
      """)

  @Argument(help: "The picture that the others should be.")
  var target: String

  @Argument(help: "Pictures of the target's size.")
  var pictures: [String]

  @Option(help: "A small picture that the usual filters enlarge for comparison.")
  var input: String?

  @Option(
    help: """
      The data range, which is the value of white in 16-bit pictures, such as 4095 for a 12-bit \
      camera. (default: 255, or 65535 for 16-bit pictures)
      """)
  var range: Int?

  @Option(
    help: """
      Also measure seams: the mean absolute difference of neighbors across the borders of tiles of \
      so many pixels over that of neighbors within; 1 is no seam. Where the first tile is larger, as \
      of tiles that overlap, its pixels follow after a comma, such as 24,32; and then the factor by \
      which pictures were enlarged, as 24,32,4, so that borders of input pixels are compared with \
      such borders.
      """, transform: TileBorders.init)
  var seams: TileBorders?

  @OptionGroup var limits: PictureLimitOptions

  @OptionGroup var results: ResultOutput

  @Option(name: .shortAndLong, help: "Draw all of them side by side here, a .png or .jpg file.")
  var output: String?

  func validate() throws {
    if let output { try PictureOutput.validate(output) }
    try WhiteLevelOptions.validate(range, option: "--range")
  }

  func run() throws {
    if let output {
      try PictureOutput.check(output, reading: [target] + pictures + [input].compactMap { $0 })
    }
    let comparison = try Comparison(
      pictures, to: target, input: input, range: range, tiles: seams,
      limits: limits.limits)
    let progress = ProgressLine()
    for note in comparison.notes { progress.say("note: \(note)") }
    try results.write(comparison.record(target: target), text: comparison.text)
    if let output { try comparison.panel.rendered().write(to: output) }
  }
}
