import ArgumentParser

/// The options that name the tiles of a run; a resumed run defaults to the recorded ones.
struct TrainingDataOptions: ParsableArguments {
  @Option(
    name: .customLong("data"),
    help: "The folder that datagen stored the tiles in; with --resume by default the run's.")
  var path: String?

  @Flag(help: "Leave out and count records that are broken instead of stopping.")
  var skipBroken = false
}

extension DataFolder {
  /// A folder that may come from elsewhere than the command line.
  init(path: String, skipBroken: Bool) {
    self.init()
    self.path = path
    self.skipBroken = skipBroken
  }
}
