import ArgumentParser
import Cajal

/// The options that select the problem for stored tiles.
struct ProblemChoice: ParsableArguments {
  @Option(help: "The problem to learn; by default the one that the data was made for.")
  var problem: String?

  @Option(
    name: .customLong("option"),
    help: """
      An option of the problem as name=value, instead of the data's; cajal info --problem NAME \
      lists them. May be repeated.
      """)
  var options: [String] = []

  /// Opens the data for the problem; omitted options have their stored values.
  func open(_ data: DataFolder, reportingTo progress: ProgressLine) throws -> Dataset {
    let settings = try OptionTexts.parse(options)
    let stored = try DataSummary(directory: data.path)
    try Self.checkTileSize(settings["tile_size"], stored, data.path)
    let registry = ProblemRegistry.standard
    let name = problem ?? stored.request.problem
    let known = try registry.problem(named: name).options
    // The tile size is fixed; another problem checks it itself.
    let kept = stored.options.filter { option in
      known[option.key] != nil && (name == stored.request.problem || option.key != "tile_size")
    }
    return try data.open(
      for: registry.problem(named: name, options: kept.merging(settings) { $1 }),
      reportingTo: progress)
  }

  /// Other options concern the use of tiles; their size is fixed.
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
