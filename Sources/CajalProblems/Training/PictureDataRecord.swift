public import CajalTraining
import Foundation

/// The record of a data set of pictures in `config.json`.
///
/// Fields added in later versions are optional and `nil` for earlier runs.
public struct PictureDataRecord: DataRecord {
  /// The name of the problem and its options.
  public var problem: String, problemOptions: [String: String]
  /// The folder of the data.
  public var data: String
  /// The value of white in 16-bit pictures that the data was made with; see
  /// ``DataOptions/whiteLevel``.
  public var whiteLevel: Int?
  /// The side of a pixel of the tiles in micrometers, if it is known: the resolution of what the model
  /// makes. That of what it takes is as many times coarser as its input is smaller.
  public var micronsPerPixel: Double?
  /// The fingerprint of the data.
  public var dataFingerprint: DataFingerprint?

  /// The record of a data set.
  public init(_ dataset: Dataset) {
    problem = dataset.problem.name
    problemOptions = dataset.problem.options
    data = URL(fileURLWithPath: dataset.directory).standardizedFileURL.path
    whiteLevel = dataset.summary.request.whiteLevel
    micronsPerPixel = dataset.summary.tileResolution
    dataFingerprint = dataset.fingerprint
  }

  private enum CodingKeys: String, CodingKey {
    case problem, problemOptions, data, whiteLevel, micronsPerPixel, dataFingerprint
  }

  /// Reads a record.
  ///
  /// - Throws: `DecodingError` that names the key that is missing or wrong.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    problem = try container.decode(String.self, forKey: .problem)
    problemOptions =
      try container.decodeIfPresent([String: String].self, forKey: .problemOptions) ?? [:]
    data = try container.decode(String.self, forKey: .data)
    whiteLevel = try container.decodeIfPresent(Int.self, forKey: .whiteLevel)
    micronsPerPixel = try container.decodeIfPresent(Double.self, forKey: .micronsPerPixel)
    dataFingerprint = try container.decodeIfPresent(DataFingerprint.self, forKey: .dataFingerprint)
    guard whiteLevel.map({ (1...65535).contains($0) }) ?? true else {
      throw DecodingError.dataCorruptedError(
        forKey: .whiteLevel, in: container,
        debugDescription: "its white level is not in 1 to 65535")
    }
  }

  /// Checks that problem, options and tiles are the same; their location may change.
  ///
  /// - Throws: `TrainingError` with the first thing that differs.
  public func checkContinues(_ earlier: PictureDataRecord, run: String) throws {
    let (white, recordedWhite) = (whiteLevel ?? 65535, earlier.whiteLevel ?? 65535)
    if white != recordedWhite {
      throw TrainingError.dataChanged(
        run: run, data: data, difference: "has white at \(white), was \(recordedWhite)")
    }
    if let recorded = earlier.dataFingerprint,
      let difference = dataFingerprint?.difference(from: recorded)
    {
      throw TrainingError.dataChanged(run: run, data: data, difference: difference)
    }
    if let difference = difference(from: earlier) {
      throw TrainingError.configurationChanged(run: run, difference: difference)
    }
  }

  private func difference(from earlier: PictureDataRecord) -> String? {
    if problem != earlier.problem { return "the problem is \(problem), was \(earlier.problem)" }
    // Options that later versions added are missing in earlier records: those had the defaults.
    let defaults = (try? ProblemRegistry.standard.problem(named: problem).options) ?? [:]
    let names = Set(problemOptions.keys).union(earlier.problemOptions.keys).sorted()
    for name in names {
      let recorded = earlier.problemOptions[name] ?? defaults[name]
      guard problemOptions[name] != recorded else { continue }
      return "the problem's \(name) is \(problemOptions[name] ?? "unset"), was "
        + (recorded ?? "unset")
    }
    return nil
  }
}
