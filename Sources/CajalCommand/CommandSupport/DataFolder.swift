import ArgumentParser
import Cajal

/// The options that name stored tiles.
struct DataFolder: ParsableArguments {
  @Option(name: .customLong("data"), help: "The folder that datagen stored the tiles in.")
  var path: String

  @Flag(help: "Leave out and count records that are broken instead of stopping.")
  var skipBroken = false

  /// The data for the problem that they were made for.
  func open(reportingTo progress: ProgressLine) throws -> Dataset {
    progress.show("reading \(path)")
    return try reported(Dataset(at: path, skipsBroken: skipBroken), to: progress)
  }

  /// The data for another problem than they were made for, or for the same with other options: those that are not
  /// given stay as they are stored.
  func open(
    problem name: String?, options: [String: String], reportingTo progress: ProgressLine
  ) throws -> Dataset {
    let stored = try DataSummary(directory: path)
    let registry = ProblemRegistry.standard
    let name = name ?? stored.request.problem
    let known = try registry.problem(named: name).options
    let kept = stored.options.filter { known[$0.key] != nil }
    let problem = try registry.problem(named: name, options: kept.merging(options) { $1 })
    return try open(for: problem, reportingTo: progress)
  }

  /// The data for a problem.
  func open(for problem: any Problem, reportingTo progress: ProgressLine) throws -> Dataset {
    progress.show("reading \(path)")
    return try reported(Dataset(at: path, for: problem, skipsBroken: skipBroken), to: progress)
  }

  private func reported(_ data: Dataset, to progress: ProgressLine) -> Dataset {
    if let broken = DataReport.brokenRecords(data) { progress.say(broken) }
    return data
  }
}
