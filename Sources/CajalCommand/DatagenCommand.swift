public import ArgumentParser
public import Cajal

/// `cajal datagen`: cuts pictures into tiles and stores them.
struct DatagenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datagen",
    abstract: "Cut pictures of sections into tiles and store them for training.",
    discussion: """
      Example: cajal datagen --images sections --problem allen-brain-8to32 --output data/sections

      Or from elsewhere: cajal datagen --download --output data/allen; cajal datagen --shards t2t-data
      """)

  @Option(help: "A folder of PNG and JPEG files.")
  var images: String?

  @Option(
    help: """
      A folder of TFRecord shards of another program, as tensor2tensor's generate_data writes them: described \
      where they are, instead of --images and --output.
      """)
  var shards: String?

  @OptionGroup(title: "Sections from the Allen Institute") var download: DownloadOptions

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
    name: .customLong("option"),
    help: """
      An option of the problem as name=value; cajal info --problem NAME lists them. May be repeated.
      """)
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

  @Option(help: "Files to spread the training tiles over.")
  var trainingShards = 10

  @Option(help: "Files to spread the held-out tiles over.")
  var evaluationShards = 1

  @Option(
    help: "How tiles are stored: png, without loss, or jpeg:90, with a quality from 1 to 100.")
  var tileFormat = TileFormat.png

  @Option(help: "The most pixels that a picture may say it has; more is taken for an attack.")
  var maximumPixels = ImageLimits.default.maximumPixels

  @Flag(help: "Leave out pictures, or records of shards, that cannot be read instead of stopping.")
  var skipBroken = false

  @Flag(help: "Replace a data set that the output folder holds.")
  var overwrite = false

  @Option(name: .shortAndLong, help: "The folder to store the data in.")
  var output: String?

  func validate() throws {
    guard (0..<1).contains(evaluationFraction) else {
      throw ValidationError("--evaluation-fraction is at least 0 and less than 1")
    }
    for (name, count) in [
      ("--training-shards", trainingShards), ("--evaluation-shards", evaluationShards),
    ] where !(1...99_999).contains(count) {
      throw ValidationError("\(name) is from 1 to 99999, not \(count)")
    }
    guard maximumPixels > 0 else { throw ValidationError("--maximum-pixels is at least 1") }
    guard set.isEmpty || manifest != nil else {
      throw ValidationError("--set needs a --manifest that says which pictures are in it")
    }
    guard [images != nil, shards != nil, download.download].count(where: { $0 }) == 1 else {
      throw ValidationError(
        "name pictures with --images, or have them brought with --download, or name shards with "
          + "--shards; one of the three")
    }
    guard (shards == nil) == (output != nil) else {
      throw ValidationError(
        shards == nil
          ? "name the folder to store the data in with --output"
          : "--shards describes data where they are; leave out --output")
    }
  }

  func run() async throws {
    var settings = try OptionTexts.parse(problemOptions)
    if let tileSize { settings["tile_size"] = String(tileSize) }
    let problem = try ProblemRegistry.standard.problem(named: problem, options: settings)
    let progress = ProgressLine()
    let data = try await makeData(problem, progress)
    let sheet = data.directory + "/contact-sheet.png"
    try data.contactSheet().write(to: sheet)
    progress.finish()
    print(DataReport.text(data, contactSheet: sheet))
  }

  private func makeData(
    _ problem: any Problem, _ progress: ProgressLine
  ) async throws -> Dataset {
    if let shards {
      return try problem.describeShards(in: shards, skipsBroken: skipBroken) {
        progress.show("\($0)/\($1) shards")
      }
    }
    let source = try await pictures(progress)
    return try problem.generateData(from: source, to: output ?? "", options: options) {
      progress.show("\($0.pictures)/\($0.pictureCount) pictures, \($0.tiles) tiles")
    }
  }

  private func pictures(_ progress: ProgressLine) async throws -> PictureSource {
    guard download.download else {
      return .images(in: images ?? "", manifest: manifest, sets: set.isEmpty ? nil : set)
    }
    // A folder that the data cannot be stored in is a pity to find after the download.
    try OutputDirectory(output ?? "").check()
    let sections = try await download.sections(within: imageLimits, reportingTo: progress)
    for line in sections.skipped { progress.say("skipped \(line)") }
    return .pictures(
      sections.files.map { file in
        Picture(file: file.path, name: file.name, section: "\(file.section)")
      })
  }

  private var options: DataOptions {
    DataOptions(
      evaluationSections: evaluationSections.isEmpty ? nil : evaluationSections,
      evaluationFraction: evaluationFraction, seed: seed, trainingShardCount: trainingShards,
      evaluationShardCount: evaluationShards, tileFormat: tileFormat, skipsUnreadable: skipBroken,
      existing: overwrite ? .replace : .reuse,
      imageLimits: imageLimits)
  }

  private var imageLimits: ImageLimits {
    let bytes = maximumPixels.multipliedReportingOverflow(by: 3)
    return ImageLimits(
      maximumPixels: maximumPixels,
      maximumBytes: max(
        ImageLimits.default.maximumBytes, bytes.overflow ? .max : bytes.partialValue))
  }
}

extension TileFormat: ExpressibleByArgument {}

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
