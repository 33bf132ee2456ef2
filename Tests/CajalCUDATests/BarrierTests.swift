import CCajalCUDA
import CUDAEmulator
import CajalCUDA
import CajalTensor
import Testing

/// A call of `__syncthreads` or `__syncwarp` in the source of a kernel.
struct Barrier: Hashable, CustomStringConvertible {
  let file: String
  let line: Int

  var description: String { "\(file):\(line)" }

  /// All calls, in the order of files and lines.
  static let all: [Barrier] = {
    let headers = (0..<cajal_cuda_kernel_header_count()).map(cajal_cuda_kernel_header)
    let files = (0..<cajal_cuda_kernel_file_count()).map(cajal_cuda_kernel_file)
    return (headers + files).flatMap { source in
      String(cString: source.text).split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated().filter { $0.element.contains(/^[^\/]*\b__sync(threads|warp)\(/) }
        .map { Barrier(file: String(cString: source.name), line: $0.offset + 1) }
    }
  }()
}

/// Leaves out each barrier of the kernels in turn, and expects that a case has wrong numbers then.
@Suite struct BarrierTests {
  /// A device whose kernels walk their grids with a single block, so that barriers at the end of
  /// loops matter.
  private struct Machine {
    let backend: CUDABackend
    var device: Device { Device(backend) }
    var ordinal: Int32 { Int32(backend.properties.ordinal) }

    init(_ order: cuda_emulator_order, _ precision: Precision) throws {
      backend = try CUDABackend(emulated: order, precision: precision, gridLimit: 1)
    }

    func leaveOut(_ barrier: Barrier?) {
      guard let barrier else {
        return cuda_emulator_leave_out(ordinal, cuda_emulator_barrier(file: nil, line: 0))
      }
      barrier.file.withCString {
        cuda_emulator_leave_out(ordinal, cuda_emulator_barrier(file: $0, line: Int32(barrier.line)))
      }
    }

    /// The barriers that a case reaches.
    func barriers(of test: BarrierCase) -> [Barrier] {
      leaveOut(nil)
      _ = test.run(device)
      var found: [Barrier] = []
      while case let next = cuda_emulator_barrier_reached(ordinal, Int64(found.count)),
        let file = next.file
      {
        found.append(Barrier(file: String(cString: file), line: Int(next.line)))
      }
      return found
    }

    /// Whether a case has the expected numbers with a barrier left out.
    func isRight(_ test: BarrierCase, _ expected: [Float], without barrier: Barrier?) -> Bool {
      leaveOut(barrier)
      let stops = backend.counts.stops
      let actual = test.run(device)
      return backend.counts.stops == stops
        && firstDisagreement(
          actual, expected, terms: test.terms, unit: backend.precision.unitRoundoff) == nil
    }
  }

  /// The cases that reach each barrier, in the order in which they are tried. What is no row of the
  /// table comes first: it reaches all of a kernel, and the wrong index shows that a barrier of
  /// cajal_require_indices is missing, where others would stop the program. Then the fastest rows.
  private func casesReaching(
    _ cases: [BarrierCase], on machines: [Precision: [Machine]]
  ) -> [Barrier: [Int]] {
    var reaching: [Barrier: [(cost: Duration, index: Int)]] = [:]
    for (index, test) in cases.enumerated() {
      guard let machine = machines[test.precision]?.first else { continue }
      var barriers: [Barrier] = []
      let time = ContinuousClock().measure { barriers = machine.barriers(of: test) }
      for barrier in barriers {
        reaching[barrier, default: []].append((test.isRow ? time : .zero, index))
      }
    }
    return reaching.mapValues { $0.sorted { $0 < $1 }.map(\.index) }
  }

  @Test func missingBarriersAreNoticed() throws {
    var all: [Precision: [Machine]] = [:]
    for precision in [Precision.float32, .tf32] {
      all[precision] = try [cuda_emulator_ascending, cuda_emulator_descending].map {
        try Machine($0, precision)
      }
    }
    let cases = BarrierCase.all
    let reaching = casesReaching(cases, on: all)
    var expected: [Int: [Float]] = [:]
    for barrier in Barrier.all {
      guard let tests = reaching[barrier] else {
        Issue.record("no case reaches \(barrier)")
        continue
      }
      let isNoticed = tests.contains { index in
        let machines = all[cases[index].precision] ?? []
        let numbers = expected[index] ?? cases[index].run(.reference)
        if expected.updateValue(numbers, forKey: index) == nil {
          for machine in machines {
            #expect(machine.isRight(cases[index], numbers, without: nil), "\(cases[index].name)")
          }
        }
        return machines.contains { !$0.isRight(cases[index], numbers, without: barrier) }
      }
      #expect(isNoticed, "no case notices that \(barrier) is left out")
    }
    #expect(reaching.keys.allSatisfy(Set(Barrier.all).contains), "a barrier is not in the texts")
  }
}
