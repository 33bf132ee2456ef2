public import ArgumentParser
public import Cajal

/// `cajal datagen`: cuts pictures into tiles and stores them.
struct DatagenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datagen",
    abstract: "Cut pictures of sections into tiles and store them for training.",
    discussion: """
      Example: cajal datagen --images sections --problem allen-brain-8to32 --output data/sections

      From other sources: cajal datagen --download --output data/allen; \
      cajal datagen --shards t2t-data
      """)

  @Option(
    help: """
      A folder of pictures: PNG, JPEG, TIFF and, where OpenSlide is installed, the files of slide \
      scanners.
      """)
  var images: String?

  @Option(
    help: """
      A folder of TFRecord shards of another program, as tensor2tensor's generate_data writes \
      them, instead of --images: described where they are or, for a folder that cannot be \
      written, in --output.
      """)
  var shards: String?

  @OptionGroup(title: "Sections from the Allen Institute") var download: DownloadOptions

  @Option(
    help: """
      A JSON list of the folder's files with their sections and crop boxes. Without one every \
      file is a section.
      """)
  var manifest: String?

  @Option(help: "Use only the manifest's pictures of this set. May be repeated.")
  var set: [String] = []

  @Option(
    name: .customLong("exclude-section"),
    help: "A section to leave out; a pattern with * and ? is possible. May be repeated.")
  var excludedSections: [String] = []

  @Option(
    help: """
      Average pictures to this resolution where they are finer: exactly where the file says its \
      resolution; where the manifest's um_per_px says it, and by a factor of 1.5 or more, in blocks \
      of as many pixels as the rounded factor.
      """)
  var micronsPerPixel: Double?

  @Option(
    help: """
      The page of the pictures' files, for TIFF of several, counted from 0 without smaller copies. \
      (default: 0)
      """)
  var page: Int?

  @Option(help: "The level of the pictures' pyramids; 0 is the full resolution. (default: 0)")
  var level: Int?

  @Option(
    help: ArgumentHelp(
      """
      The part of each picture to use, in pixels of the level: first column, first row, columns, \
      rows.
      """, valueName: "x,y,w,h"))
  var region: PixelRegion?

  @Option(help: "The problem to learn.")
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

  @Option(
    help: """
      The share of sections, or with --split-by area of tiles, to hold out where none is named. \
      (default: 0.05)
      """)
  var evaluationFraction: Double?

  @OptionGroup var sections: SectionOptions

  @Option(
    help: "Decides which sections are held out and how tiles are shuffled. (default: 0)",
    transform: SeedText.parse)
  var seed: UInt64?

  @Option(help: "Files to spread the training tiles over. (default: 10)")
  var trainingShards: Int?

  @Option(help: "Files to spread the held-out tiles over. (default: 1)")
  var evaluationShards: Int?

  @Option(
    help: """
      How tiles are stored: png, without loss, or jpeg:90, with a quality from 1 to 100. \
      (default: png)
      """)
  var tileFormat: TileFormat?

  @OptionGroup var limits: PictureLimitOptions

  @OptionGroup var whiteLevel: WhiteLevelOptions

  @Flag(help: "Leave out pictures, or records of shards, that cannot be read instead of stopping.")
  var skipBroken = false

  @Flag(help: "Replace a data set that the output folder holds.")
  var overwrite = false

  @Option(name: .shortAndLong, help: "The folder to store the data in.")
  var output: String?

  @OptionGroup var results: ResultOutput

  func validate() throws {
    if let evaluationFraction, !(0..<1).contains(evaluationFraction) {
      throw ValidationError(
        "--evaluation-fraction is at least 0 and less than 1, not \(evaluationFraction)")
    }
    for (name, count) in [
      ("--training-shards", trainingShards), ("--evaluation-shards", evaluationShards),
    ] {
      if let count, !(1...99_999).contains(count) {
        throw ValidationError("\(name) is from 1 to 99999, not \(count)")
      }
    }
    if sections.splitsByArea {
      guard evaluationSections.isEmpty else {
        throw ValidationError(
          "--evaluation-section holds out sections and --split-by area a part of each; use one")
      }
      guard evaluationFraction ?? 1 > 0 else {
        throw ValidationError("--split-by area needs an --evaluation-fraction above 0")
      }
    }
    guard set.isEmpty || manifest != nil else {
      throw ValidationError("--set needs a --manifest that says which pictures are in it")
    }
    if let micronsPerPixel {
      guard micronsPerPixel > 0, micronsPerPixel.isFinite else {
        throw ValidationError("--microns-per-pixel is a positive number, not \(micronsPerPixel)")
      }
    }
    try checkSource()
    for (name, number) in [("--page", page), ("--level", level)] {
      if let number, number < 0 {
        throw ValidationError("\(name) is counted from 0, and not \(number)")
      }
    }
    guard shards != nil || output != nil else {
      throw ValidationError("name the folder to store the data in with --output")
    }
  }

  func run() async throws {
    let settings = try settings
    let problem = try ProblemRegistry.standard.problem(named: problem, options: settings)
    let progress = ProgressLine()
    let data = try await makeData(problem, progress)
    try check(settings, of: problem, areKeptIn: data)
    let sheet = data.directory + "/contact-sheet.png"
    try data.contactSheet().write(to: sheet)
    progress.finish()
    try results.write(
      DataRecord(data, contactSheet: sheet), text: DataReport.text(data, contactSheet: sheet))
    if sections.sectionsBy == nil {
      for line in SplitWarnings.lines(data.summary) { progress.say(line) }
    }
  }

  private func makeData(
    _ problem: any Problem, _ progress: ProgressLine
  ) async throws -> Dataset {
    if let shards {
      return try problem.describeShards(
        in: shards, to: output, existing: overwrite ? .replace : .reuse, skipsBroken: skipBroken
      ) {
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
      return .images(
        in: images ?? "", manifest: manifest, sets: set.isEmpty ? nil : set,
        sectionsBy: sections.sectionsBy ?? .file)
    }
    // Check the output folder before the download.
    try OutputDirectory(output ?? "").check()
    let downloaded = try await download.sections(within: limits.limits, reportingTo: progress)
    for line in downloaded.skipped { progress.say("skipped \(line)") }
    return .pictures(
      Picture.mergingCopies(
        downloaded.files.map { file in
          Picture(file: file.path, name: file.name, section: "\(file.section)")
        }))
  }

  private var options: DataOptions {
    var options = DataOptions(
      evaluationSections: evaluationSections.isEmpty ? nil : evaluationSections,
      skipsUnreadable: skipBroken, existing: overwrite ? .replace : .reuse)
    if let evaluationFraction { options.evaluationFraction = evaluationFraction }
    if let seed { options.seed = seed }
    if let trainingShards { options.trainingShardCount = trainingShards }
    if let evaluationShards { options.evaluationShardCount = evaluationShards }
    if let tileFormat { options.tileFormat = tileFormat }
    options.imageLimits = limits.limits
    options.split = sections.splitsByArea ? .area : .sections
    options.whiteLevel = whiteLevel.whiteLevel
    options.excludedSections = excludedSections
    options.micronsPerPixel = micronsPerPixel
    (options.page, options.level) = (page ?? 0, level ?? 0)
    options.region = region
    return options
  }
}

extension TileFormat: ExpressibleByArgument {}
