import CajalAutodiff
import CajalOperationCases
import Testing

@testable import CajalTensor

/// What a tape keeps alive, and until when.
@Suite struct TapeLifetimeTests {
  private struct Interruption: Error {}

  /// A tape, and the memory of what was computed last, to see whether they are still there.
  private struct Traces {
    weak var tape: Tape?
    weak var storage: Storage?

    init(of result: Variable) {
      tape = result.tape
      storage = result.value.storage
    }

    var areGone: Bool { tape == nil && storage == nil }
  }

  /// Every operation of the table, recorded and never replayed.
  @Test(arguments: OperationCase.groups.map(\.name)) func forwardOnly(group: String) {
    for row in OperationCase.groups.filter({ $0.name == group }).flatMap(\.cases) {
      let traces = {
        let tape = Tape()
        let result = row(row.inputs(on: .cpu).map(tape.variable))
        let traces = Traces(of: result)
        #expect(traces.tape === tape && traces.storage != nil)
        return traces
      }()
      #expect(traces.areGone, "\(row.name)")
    }
  }

  @Test func forwardWithParameters() {
    let traces = {
      let tape = Tape(parameterGradients: ParameterGradients(count: 6))
      let kernel = tape.parameter(Tensor(repeating: 1, shape: [2, 3]), offset: 0)
      return Traces(of: tape.constant(Tensor([1, 2], shape: [1, 2])).dense(kernel).exp().sum())
    }()
    #expect(traces.areGone)
  }

  @Test func afterGradients() {
    let traces = {
      let tape = Tape()
      let x = tape.variable(Tensor([3, 4]))
      let loss = (x * x).exp().sum()
      tape.backward(from: loss)
      #expect(tape.gradient(of: x).count == 2)
      return Traces(of: loss)
    }()
    #expect(traces.areGone)
  }

  /// A backward pass frees on the way what it has passed.
  @Test func whatIsReplayedIsFreed() {
    let tape = Tape()
    let x = tape.variable(Tensor([3, 4]))
    weak var middle: Storage?
    let loss = {
      let square = x.squared()
      middle = square.value.storage
      return square.exp().sum()
    }()
    #expect(middle != nil)
    tape.backward(from: loss)
    #expect(middle == nil)
  }

  @Test func aPassThatThrowsHalfway() {
    var traces: Traces?
    func pass() throws -> Variable {
      let x = Tape().variable(Tensor([1, 2]))
      let half = (x + x).exp()
      traces = Traces(of: half)
      throw Interruption()
    }
    #expect(throws: Interruption.self) { try pass() }
    #expect(traces?.areGone == true)
  }

  /// A variable alone keeps its tape: what is recorded through it can be replayed.
  @Test func aVariableKeepsItsTape() {
    let x = Tape().variable(Tensor([3]))
    let loss = (x * x).sum()
    loss.tape.backward(from: loss)
    #expect(loss.tape.gradient(of: x).scalars == [6])
  }
}
