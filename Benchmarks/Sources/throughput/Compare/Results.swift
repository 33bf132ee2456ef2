import Foundation

/// What was measured in all rounds of a comparison.
struct Results {
  private struct Key: Hashable {
    let contestant: Contestant, name: String
  }

  private var measurements: [Key: [Measurement]] = [:]
  private var failures: [Key: String] = [:]
  /// The processes that ended with an error, each a line.
  private(set) var processFailures: [String] = []
  /// The version of PyTorch.
  private(set) var torchVersion: String?

  /// Takes in what a contestant's process for a job printed.
  mutating func add(_ output: ChildProcess.Output, of job: Job, by contestant: Contestant) {
    for line in output.text.split(separator: "\n") {
      guard let item = try? JSONDecoder().decode(Measurement.self, from: Data(line.utf8)) else {
        continue
      }
      torchVersion = item.torch ?? torchVersion
      let key = Key(contestant: contestant, name: item.name)
      if let error = item.error {
        failures[key] = error
      } else {
        measurements[key, default: []].append(item)
      }
    }
    if output.status != 0 {
      processFailures.append("\(contestant.rawValue) failed at \(job.title): \(output.complaint)")
    }
  }

  /// A number of a case, the median over the rounds.
  func median(
    _ value: (Measurement) -> Double?, of name: String, by contestant: Contestant
  ) -> Double? {
    let key = Key(contestant: contestant, name: name)
    let values = (measurements[key] ?? []).compactMap(value)
    return values.isEmpty ? nil : Durations(values).median
  }

  /// The seconds of a case.
  func seconds(of name: String, by contestant: Contestant) -> Double? {
    median(\.seconds, of: name, by: contestant)
  }

  /// The least seconds of several contestants, and whose they are.
  func best(of name: String, by contestants: [Contestant]) -> (who: Contestant, seconds: Double)? {
    contestants.compactMap { who in seconds(of: name, by: who).map { (who, $0) } }
      .min { $0.1 < $1.1 }
  }

  /// The reason why a contestant could not do a case, if it gave one.
  func failure(of name: String, by contestant: Contestant) -> String? {
    failures[Key(contestant: contestant, name: name)]
  }
}
