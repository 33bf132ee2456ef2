import ArgumentParser
import Cajal

/// The options that name stored tiles.
struct DataFolder: ParsableArguments {
  @Option(name: .customLong("data"), help: "The folder that datagen stored the tiles in.")
  var path: String

  @Flag(help: "Leave out and count records that are broken instead of stopping.")
  var skipBroken = false

  /// The data for a problem.
  func open(for problem: any Problem, reportingTo progress: ProgressLine) throws -> Dataset {
    progress.show("reading \(path)")
    let data = try Dataset(at: path, for: problem, skipsBroken: skipBroken)
    if let broken = DataReport.brokenRecords(data) { progress.say(broken) }
    if let clipped = DataReport.clippedValues(data) { progress.say(clipped) }
    return data
  }
}
