import CajalSupport
import CajalTraining

/// What a run has recorded, for reports: measurements, configuration, pictures and evaluations.
///
/// A run is a folder that `CajalTraining` has written, or a folder with TensorBoard's event files
/// of any program. What is damaged is left out and named in ``notes``.
public struct RecordedRun: Sendable {
  /// The folder, as it was given.
  public let path: String
  /// The name in legends and tables.
  public var name: String
  /// What could not be read, as sentences.
  public internal(set) var notes: [String] = []

  /// The configuration by key.
  var configuration: [String: String] = [:]
  var measurements: [Measurements.Measure: Measurements] = [:]
  /// Pictures by what they show.
  var pictures: [String: PictureSequence] = [:]
  /// The evaluations by the name of their file.
  var evaluations: [(name: String, content: JSONTree)] = []

  /// Reads a run.
  ///
  /// - Parameters:
  ///   - path: A run folder, a folder with event files, or one such file.
  ///   - name: The name in legends and tables; by default the last component of the path.
  /// - Throws: `FileError` when there is nothing of a run.
  public init(contentsOf path: String, name: String? = nil) throws {
    self.path = path
    self.name = name ?? Self.lastComponent(path)
    guard Files.exists(path) else {
      _ = try RunFolder(existing: path)
      return
    }
    let log = path + "/log.jsonl"
    if Files.exists(log) {
      try readLog(log)
    } else if try !isBegun {
      try readEvents(in: path)
    }
    guard Files.isDirectory(path) else { return }
    readConfiguration()
    readEvaluations()
    readPanels()
  }

  /// Whether this is a run folder without a log yet.
  private var isBegun: Bool {
    get throws {
      guard Files.isDirectory(path), Files.exists(path + "/config.json") else { return false }
      return try EventFile.files(in: path).isEmpty
    }
  }

  /// The last component of a path: `first` of `runs/first/`.
  static func lastComponent(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The runs of several paths, named by as many of the last components as tell them apart.
  ///
  /// - Throws: `FileError`.
  public static func runs(contentsOf paths: [String]) throws -> [RecordedRun] {
    let components = paths.map { $0.split(separator: "/").filter { $0 != "." } }
    let longest = components.map(\.count).max() ?? 1
    let names = (1...max(1, longest)).lazy
      .map { count in components.map { $0.suffix(count).joined(separator: "/") } }
      .first { Set($0).count == paths.count }
    return try zip(paths, names ?? paths).map {
      try RecordedRun(contentsOf: $0, name: $1.isEmpty ? $0 : $1)
    }
  }

  mutating func append(
    _ value: Double, to measure: Measurements.Measure, _ step: Int, _ seconds: Double
  ) {
    measurements[measure, default: Measurements()].append(
      step: step, seconds: seconds, value: value)
  }

  /// The measurements that the chart of losses shows: nats where they are there beside a training
  /// loss that is something else, since held-out losses are nats too.
  func losses(_ kind: Measurements.Kind) -> (name: String, measurements: Measurements)? {
    for name in ["nats", "loss"] {
      if let found = measurements[Measurements.Measure(kind: kind, name: name)] {
        return (name, found)
      }
    }
    return nil
  }

  /// Whether there are losses to draw.
  public var hasLosses: Bool { losses(.training) != nil || losses(.heldOut) != nil }
}
