import CUDAEmulator
import Cajal
import CajalCUDA
import Testing

/// Sequences of launches that come again, which the driver gets as graphs.
@Suite struct GraphTests {
  /// Training steps and decoding, mostly by graphs, have the bits that they have when poisoned memory
  /// keeps most launches apart.
  @Test func bitsAreThoseOfSingleLaunches() throws {
    try withFolder { folder in
      let data = try SmallRun.data(in: folder)
      func results(_ name: String, _ backend: CUDABackend) throws -> ([[UInt32]], [Image]) {
        let device = Device(backend)
        let first = try SmallRun.transformer(
          run: folder + "/a" + name, for: data.problem, on: device)
        let transformer = try first.fit(PictureData(data, for: first.model), steps: 3).model
        let second = try SmallRun.restoration(
          run: folder + "/b" + name, for: data.problem, on: device)
        let restoration = try second.fit(PictureData(data, for: second.model), steps: 3).model
        let weights = (transformer.parameters.buffers + restoration.parameters.buffers)
          .map { $0.scalars.map(\.bitPattern) }
        let inputs = (1...3).map { shade in
          Image(width: 2, height: 2, channels: 3, pixels: (1...12).map { UInt8(20 * $0 + shade) })
        }
        let decoding = Decoding.sample(temperature: 1, seed: 1)
        return (
          weights,
          try transformer.predict(inputs, decoding: decoding, progress: nil)
            + restoration.predict(inputs, decoding: decoding, progress: nil)
        )
      }
      let single = try CUDABackend(emulated: cuda_emulator_ascending)
      let graphs = try CUDABackend(emulated: cuda_emulator_ascending, poisonsMemory: false)
      let (weights, pictures) = try results("single", single)
      let (graphWeights, graphPictures) = try results("graphs", graphs)
      #expect(weights == graphWeights)
      #expect(pictures == graphPictures)
      let counts = graphs.counts
      // After each sequence's first time; how many there are depends on evaluations, which are on
      // several threads.
      #expect(counts.graphs > 50)
      #expect(single.counts.launches == counts.launches)
    }
  }

  /// A graph is launched with other grids and arguments than it was made with.
  @Test func graphsFollowTheirArguments() throws {
    let backend = try CUDABackend(emulated: cuda_emulator_ascending, poisonsMemory: false)
    let device = Device(backend)
    for count in [5, 5, 5, 3000, 70] {
      var x = Tensor<Float>.full(1, shape: [count], on: device)
      for factor in [2, 3, 5] as [Float] { x = x * (factor + Float(count)) }
      let expected = [2, 3, 5].reduce(1 as Float) { $0 * ($1 + Float(count)) }
      #expect(x.scalars.allSatisfy { $0 == expected })
    }
    #expect(backend.counts.graphs == 4)
  }

  /// The same work has the same addresses each time, so that its graph stays as it is.
  @Test func graphsOfEqualWorkStay() throws {
    let backend = try CUDABackend(emulated: cuda_emulator_ascending, poisonsMemory: false)
    let x = Tensor<Float>([1, 2, 3], shape: [3], on: Device(backend))
    var changes: [Int64] = []
    for _ in 0..<6 {
      var factors = [x * 2, x * 3]
      let product = factors[0] * factors[1]
      // Given back in the order in which they were asked for, and before the product.
      factors = []
      #expect((product + x).scalars == [7, 26, 57])
      changes.append(backend.counts.graph_changes)
    }
    #expect(backend.counts.graphs == 5)
    #expect(changes == [0, 0, 0, 0, 0, 0])
  }

  /// A driver that refuses graphs, as one whole or when its arguments change, gets single launches.
  @Test func launchesThatNoGraphTakes() throws {
    var makesNone = cuda_emulator_driver(), changesNone = cuda_emulator_driver()
    makesNone.cuGraphInstantiate = { _, _, _ in 801 }
    changesNone.cuGraphExecKernelNodeSetParams = { _, _, _ in 801 }
    for driver in [makesNone, changesNone] {
      let backend = try CUDABackend(
        CUDALibraries(
          driver: driver, nvrtc: cuda_emulator_nvrtc(), driverPath: "", nvrtcPath: "",
          matrixLibrary: .success(.emulated)),
        ordinal: Int(cuda_emulator_add_device(1 << 28, cuda_emulator_ascending)), products: .own,
        cache: KernelCache(folder: nil))
      for count in [6, 7, 8, 9] {
        var x = Tensor<Float>.full(1, shape: [count], on: Device(backend))
        for factor in [2, 3, 5] as [Float] { x = x * (factor + Float(count)) }
        let expected = [2, 3, 5].reduce(1 as Float) { $0 * ($1 + Float(count)) }
        #expect(x.scalars == [Float](repeating: expected, count: count))
      }
      #expect(backend.counts.graphs <= 1)
    }
  }
}
