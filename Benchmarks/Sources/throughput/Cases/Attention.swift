import ArgumentParser
import Cajal

/// `throughput attention`: attention alone, forwards, and forwards and backwards.
struct Attention: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Attention of the models' shapes, or sweeps over lengths, widths and patterns.")

  @OptionGroup var options: Options

  @Flag(help: "Measure sweeps over lengths, widths and patterns instead of the models' shapes.")
  var sweep = false

  func run() throws {
    try Self.measure(options, sweep ? AttentionCase.sweeps : AttentionCase.model)
  }

  static func measure(_ options: Options, _ cases: [AttentionCase]) throws {
    for item in cases where options.wants(item.forwardName) || options.wants(item.backwardName) {
      try options.measure(item.benchmarks)
    }
  }
}

extension AttentionCase {
  /// The two things to time: the forward pass, and the forward and the backward pass together.
  ///
  /// Useful work is 4 operations a visible pair and element of a head's width forwards (two products),
  /// and 10 backwards (five).
  var benchmarks: [BenchmarkCase] {
    let plan = makePlan()
    let flops = Double(batch * heads * plan.visiblePairs * width)
    return [
      BenchmarkCase(forwardName, flops: 4 * flops) {
        let buffers = AttentionBuffers(self, plan)
        return { buffers.forward() }
      },
      BenchmarkCase(backwardName, flops: 14 * flops) {
        let buffers = AttentionBuffers(self, plan)
        return {
          buffers.forward()
          buffers.backward()
        }
      },
    ]
  }
}

/// What one attention reads and writes.
private struct AttentionBuffers {
  private let geometry: AttentionGeometry
  private let queries, keys, values, result, logSumExp: FloatBuffer
  private let resultGradient, queriesGradient, keysGradient, valuesGradient: FloatBuffer

  init(_ item: AttentionCase, _ plan: AttentionPlan) {
    geometry = AttentionGeometry(
      plan: plan, batch: item.batch, heads: item.heads, keyWidth: item.width,
      valueWidth: item.width)
    let row = item.batch * item.heads * item.width
    func querySide(_ seed: UInt64) -> FloatBuffer {
      FloatBuffer(plan.queryCount * row, seed: seed)
    }
    func keySide(_ seed: UInt64) -> FloatBuffer { FloatBuffer(plan.keyCount * row, seed: seed) }
    (queries, keys, values) = (querySide(1), keySide(2), keySide(3))
    (result, resultGradient, queriesGradient) = (querySide(4), querySide(5), querySide(6))
    (keysGradient, valuesGradient) = (keySide(7), keySide(8))
    logSumExp = FloatBuffer(item.batch * item.heads * plan.queryCount)
  }

  func forward() {
    FloatBuffer.backend.attention(
      queries: queries.start, keys: keys.start, values: values.start, result.start,
      logSumExp: logSumExp.start, geometry, dropout: nil)
  }

  func backward() {
    FloatBuffer.backend.attentionGradient(
      queries: queries.start, keys: keys.start, values: values.start, result: result.start,
      logSumExp: logSumExp.start, resultGradient: resultGradient.start,
      queriesGradient: queriesGradient.start, keysGradient: keysGradient.start,
      valuesGradient: valuesGradient.start, geometry, dropout: nil)
  }
}
