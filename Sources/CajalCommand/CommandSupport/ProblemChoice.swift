import ArgumentParser
import Cajal

/// The options that say what is to be learned from stored tiles.
struct ProblemChoice: ParsableArguments {
  @Option(help: "What is to be learned; by default what the data was made for.")
  var problem: String?

  @Option(
    name: .customLong("option"),
    help: """
      An option of the problem as name=value, instead of the data's; cajal info --problem NAME \
      lists them. May be repeated.
      """)
  var options: [String] = []

  /// The data for the problem; options that are not given stay as they are stored.
  func open(_ data: DataFolder, reportingTo progress: ProgressLine) throws -> Dataset {
    let settings = try OptionTexts.parse(options)
    let stored = try DataSummary(directory: data.path)
    try Self.checkTileSize(settings["tile_size"], stored, data.path)
    let registry = ProblemRegistry.standard
    let name = problem ?? stored.request.problem
    let known = try registry.problem(named: name).options
    // The tiles are as large as they are; another problem says itself what it needs of them.
    let kept = stored.options.filter { option in
      known[option.key] != nil && (name == stored.request.problem || option.key != "tile_size")
    }
    return try data.open(
      for: registry.problem(named: name, options: kept.merging(settings) { $1 }),
      reportingTo: progress)
  }

  /// The other options concern what is made of the tiles; their size is what it is.
  private static func checkTileSize(
    _ given: String?, _ stored: DataSummary, _ path: String
  ) throws {
    guard let given, let size = Int(given), size != stored.request.tileSize,
      given != stored.options["tile_size"]
    else { return }
    throw ProblemError.storedOption(
      "tile_size", value: given, stored: "\(stored.request.tileSize)", directory: path)
  }
}
