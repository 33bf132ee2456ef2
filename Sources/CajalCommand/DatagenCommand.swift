import ArgumentParser
import Cajal

/// `cajal datagen`: cuts pictures into tiles and stores them.
struct DatagenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datagen",
    abstract: "Cut pictures of sections into tiles and store them for training.",
    discussion: """
      Example: cajal datagen --images sections --problem allen-brain-8to32 --output data/sections
      """)

  @Option(help: "A folder of PNG and JPEG files.")
  var images: String

  @Option(
    help:
      "A JSON list of the folder's files with their sections and crop boxes. Without one every file is a section."
  )
  var manifest: String?

  @Option(help: "Use only the manifest's pictures of this set. May be repeated.")
  var set: [String] = []

  @Option(help: "What is to be learnt.")
  var problem = AllenBrain.dim8to32.name

  @Option(
    name: .customLong("option"), help: "An option of the problem as name=value. May be repeated.")
  var problemOptions: [String] = []

  @Option(help: "Rows and columns of a stored tile.")
  var tileSize: Int?

  @Option(
    name: .customLong("evaluation-section"),
    help:
      "A section to hold out for evaluation; a pattern with * and ? is possible. May be repeated.")
  var evaluationSections: [String] = []

  @Option(help: "The share of sections to hold out where none is named.")
  var evaluationFraction = 0.05

  @Option(help: "Decides which sections are held out and how tiles are shuffled.")
  var seed: UInt64 = 0

  @Flag(help: "Leave out pictures that cannot be read instead of stopping.")
  var skipBroken = false

  @Flag(help: "Replace a data set that the output folder holds.")
  var overwrite = false

  @Option(name: .shortAndLong, help: "The folder to store the data in.")
  var output: String

  func validate() throws {
    guard (0..<1).contains(evaluationFraction) else {
      throw ValidationError("--evaluation-fraction is at least 0 and less than 1")
    }
    guard set.isEmpty || manifest != nil else {
      throw ValidationError("--set needs a --manifest that says which pictures are in it")
    }
  }

  func run() throws {
    var settings = try OptionTexts.parse(problemOptions)
    if let tileSize { settings["tile_size"] = String(tileSize) }
    let problem = try ProblemRegistry.standard.problem(named: problem, options: settings)
    let options = DataOptions(
      evaluationSections: evaluationSections.isEmpty ? nil : evaluationSections,
      evaluationFraction: evaluationFraction, seed: seed, skipsUnreadable: skipBroken,
      existing: overwrite ? .replace : .reuse)
    let source = PictureSource.images(
      in: images, manifest: manifest, sets: set.isEmpty ? nil : set)
    let progress = ProgressLine()
    let data = try problem.generateData(from: source, to: output, options: options) {
      progress.show("\($0.pictures)/\($0.pictureCount) pictures, \($0.tiles) tiles")
    }
    progress.finish()
    print(Self.summary(data))
  }

  /// What was stored, a line a set of sections.
  static func summary(_ data: Dataset) -> String {
    let summary = data.summary
    let held = summary.sections.filter(\.isForEvaluation).map(\.name)
    var lines = [
      """
      \(data.directory): \(summary.trainingTileCount) training tiles and \
      \(summary.evaluationTileCount) held-out tiles of \(summary.request.tileSize)×\
      \(summary.request.tileSize) from \(summary.sections.count) sections; \
      \(summary.droppedTileCount) background tiles dropped; \(summary.byteCount / 1_000_000) MB
      """,
      "held-out sections: \(held.isEmpty ? "none" : held.joined(separator: ", "))",
      "held-out examples: \(data.evaluationExamples.count)",
    ]
    for skip in summary.skipped { lines.append("skipped \(skip.picture): \(skip.reason)") }
    return lines.joined(separator: "\n")
  }
}

/// Texts of the form name=value.
enum OptionTexts {
  /// The values by name.
  static func parse(_ texts: [String]) throws -> [String: String] {
    var values: [String: String] = [:]
    for text in texts {
      guard let equals = text.firstIndex(of: "=") else {
        throw ValidationError("\(text) is not of the form name=value")
      }
      values[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    return values
  }
}
