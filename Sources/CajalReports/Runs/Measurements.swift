/// The values of one measure in the order in which they were recorded.
struct Measurements: Sendable, Hashable {
  /// Where a value was measured.
  enum Kind: Int, Sendable, Hashable, CaseIterable, Comparable {
    case training, heldOut

    static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
  }

  /// What was measured.
  struct Measure: Sendable, Hashable, Comparable {
    var kind: Kind
    var name: String

    static func < (left: Measure, right: Measure) -> Bool {
      (left.name, left.kind) < (right.name, right.kind)
    }
  }

  /// The updates made, and the seconds of training until then; NaN where they are not known.
  private(set) var steps: [Int] = [], seconds: [Double] = []
  private(set) var values: [Double] = []

  mutating func append(step: Int, seconds: Double, value: Double) {
    steps.append(step)
    self.seconds.append(seconds)
    values.append(value)
  }

  /// Removes the values from a step on, which a continued run measures again.
  mutating func remove(from step: Int) {
    guard steps.contains(where: { $0 >= step }) else { return }
    let kept = steps.indices.filter { steps[$0] < step }
    (steps, seconds, values) = (
      kept.map { steps[$0] }, kept.map { seconds[$0] }, kept.map { values[$0] }
    )
  }

  /// Moves the beginning of time.
  mutating func moveTimes(by difference: Double) {
    for index in seconds.indices { seconds[index] += difference }
  }

  /// The values that are not finite.
  var nonFiniteCount: Int { values.count { !$0.isFinite } }
}
