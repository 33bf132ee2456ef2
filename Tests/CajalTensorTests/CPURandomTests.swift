import CajalTensor
import Testing

@Suite struct CPURandomTests {
  static let key = RandomKey(seed: 0x1234_5678_9abc_def0, stream: 42, step: 0x1_0000_0003)

  @Test(arguments: cpuBackends.indices, [0, 1, 3, 4, 31, 64, 1000, 70_003])
  func sameBitsAsReference(_ index: Int, _ count: Int) {
    let x = Floats(count, seed: 1)
    let results = [cpuBackends[index], oracle].map { (backend: any HostBackend) in
      let results = (0..<4).map { _ in Floats(count) }
      backend.randomUniform(Self.key, low: -0.3, high: 1.7, results[0].start, count: count)
      backend.randomNormal(Self.key, mean: 1, standardDeviation: 2, results[1].start, count: count)
      for (result, rate) in [(results[2], 0.5), (results[3], 0)] as [(Floats, Float)] {
        backend.dropout(x.start, DropoutKey(Self.key, rate: rate), result.start, count: count)
      }
      return results
    }
    for (actual, expected) in zip(results[0], results[1]) {
      #expect(actual.bits == expected.bits && actual.isIntact, "\(cpuBackends[index].name)")
    }
  }

  @Test(arguments: cpuBackends.indices)
  func dropoutKeepsWhatReferenceKeeps(_ index: Int) {
    let x = Floats(5000, seed: 1)
    let (actual, expected) = (Floats(5000), Floats(5000))
    let dropout = DropoutKey(Self.key, rate: 0.1)
    cpuBackends[index].dropout(x.start, dropout, actual.start, count: 5000)
    oracle.dropout(x.start, dropout, expected.start, count: 5000)
    // The factor 1 / 0.9 is rounded once more.
    expectClose(actual, expected, roundings: 3, "dropout")
  }
}
