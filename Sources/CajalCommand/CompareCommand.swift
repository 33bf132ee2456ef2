import ArgumentParser
import Cajal

/// `cajal compare`: measures pictures against what they should be.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Measure pictures against a target: PSNR and SSIM.",
    discussion: """
      Example: cajal compare target.png ours.png theirs.png --input small.png -o panel.png

      PSNR is that of all values of 8 bits; SSIM has a Gaussian window of 11 × 11 with deviation 1.5, and is the \
      mean over valid positions and channels.
      """)

  @Argument(help: "The picture that the others should be.")
  var target: String

  @Argument(help: "Pictures of the target's size.")
  var pictures: [String]

  @Option(help: "A small picture that the usual filters enlarge for comparison.")
  var input: String?

  @Option(name: .shortAndLong, help: "Draw all of them side by side here, a .png or .jpg file.")
  var output: String?

  func validate() throws {
    if let output { try PictureOutput.validate(output) }
  }

  func run() throws {
    if let output { try PictureOutput.checkFolder(of: output) }
    let target = try Image(contentsOf: target)
    var columns: [(name: String, image: Image)] = []
    if let input {
      let small = try Image(contentsOf: input).converted(toChannels: target.channels)
      columns = Evaluation.filters.map { filter in
        let enlarged = small.resized(width: target.width, height: target.height, filter: filter)
        return (filter.rawValue, enlarged)
      }
    }
    for path in pictures {
      let image = try Image(contentsOf: path).converted(toChannels: target.channels)
      guard image.width == target.width, image.height == target.height else {
        throw ValidationError(
          """
          \(path) is \(image.width)×\(image.height) pixels, the target \(target.width)×\
          \(target.height)
          """)
      }
      columns.append((path.split(separator: "/").last.map(String.init) ?? path, image))
    }
    var table = TextTable(["picture", "PSNR (dB)", "SSIM"])
    for (name, image) in columns {
      table.add([
        name, Figures.fixed(ImageMetrics.psnr(image, target), 2),
        ImageMetrics.ssim(image, target).map { Figures.fixed($0, 4) } ?? "-",
      ])
    }
    print(table.text)
    guard let output else { return }
    var panel = Panel(columns: columns.map(\.name) + ["target"])
    panel.addRow(
      columns.map(\.image) + [target],
      captions: columns.map { Figures.decibels(ImageMetrics.psnr($0.image, target)) } + [""])
    try panel.rendered().write(to: output)
  }
}
