import CajalTensor
import Testing

/// Every level that this machine runs, and the sixteen-lane source where AVX-512 is missing.
let cpuBackends: [CPUBackend] =
  InstructionSet.available.compactMap { CPUBackend($0) }
  + [CPUBackend.wideForTests()].compactMap { $0 }

/// The oracle.
let oracle = ReferenceBackend()

/// Floats in memory of their own, with watched elements behind them.
final class Floats: CustomTestStringConvertible {
  private static let watched = 64
  private static let watchword: Float = 1234.5
  let count: Int
  let start: UnsafeMutablePointer<Float>

  /// NaN everywhere, so that an element that is never written shows.
  init(_ count: Int) {
    self.count = count
    start = .allocate(capacity: count + Self.watched)
    start.initialize(repeating: .nan, count: count)
    (start + count).initialize(repeating: Self.watchword, count: Self.watched)
  }

  convenience init(_ elements: [Float]) {
    self.init(elements.count)
    for (i, element) in elements.enumerated() { start[i] = element }
  }

  /// Random numbers between `low` and `high`.
  convenience init(_ count: Int, seed: UInt64, from low: Float = -2, to high: Float = 2) {
    self.init(numbers(count, seed: seed, from: low, to: high).map { Float($0) })
  }

  deinit { start.deallocate() }

  var elements: [Float] { Array(UnsafeBufferPointer(start: start, count: count)) }
  var bits: [UInt32] { elements.map(\.bitPattern) }
  /// The largest magnitude.
  var magnitude: Float { elements.reduce(0) { max($0, abs($1)) } }
  /// Whether no element beyond the end was written.
  var isIntact: Bool {
    (0..<Self.watched).allSatisfy { start[count + $0] == Self.watchword }
  }
  var testDescription: String { "\(count) floats" }
}

/// Checks elements against the oracle's; each may be off by `roundings` units of rounding of
/// `magnitude` or, without one, of its own size.
func expectClose(
  _ actual: Floats, _ expected: Floats, roundings: Float, magnitude: Float? = nil,
  _ comment: @autoclosure () -> String, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual.isIntact, "\(comment()): wrote behind the end", sourceLocation: sourceLocation)
  for (i, (a, e)) in zip(actual.elements, expected.elements).enumerated() {
    if a == e || a.isNaN && e.isNaN { continue }
    let allowed = roundings * 0x1p-24 * (magnitude ?? abs(e)) + .leastNormalMagnitude
    if abs(a - e) <= allowed { continue }
    Issue.record(
      "\(comment()): element \(i) of \(actual.count) is \(a), expected \(e) ± \(allowed)",
      sourceLocation: sourceLocation)
    return
  }
}
