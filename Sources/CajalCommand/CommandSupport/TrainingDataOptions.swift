import ArgumentParser

/// The options that name stored tiles for a run, which for one that is resumed are those that it
/// recorded.
struct TrainingDataOptions: ParsableArguments {
  @Option(
    name: .customLong("data"),
    help: "The folder that datagen stored the tiles in; with --resume by default the run's.")
  var path: String?

  @Flag(help: "Leave out and count records that are broken instead of stopping.")
  var skipBroken = false
}

extension DataFolder {
  /// A folder that does not come from the command line alone.
  init(path: String, skipBroken: Bool) {
    self.init()
    self.path = path
    self.skipBroken = skipBroken
  }
}
