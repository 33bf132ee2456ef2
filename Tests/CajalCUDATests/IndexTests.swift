import CUDAEmulator
import CajalCUDA
import Testing

@testable import CajalTensor

/// Indices out of range stop the program with the sentence of other backends, but no check waits.
@Suite struct IndexTests {
  /// The sentence that a gather of an index leaves, or nothing.
  private static func gather(_ index: Int32, on device: Device) -> [Float] {
    let table = Tensor<Float>(repeating: 1, shape: [5, 2], on: device)
    return table.gather(Tensor([1, index], on: device)).scalars
  }

  @Test func aWrongIndexStopsTheProgramWhenItWaits() async throws {
    let own = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let device = Device(try CUDABackend(emulated: cuda_emulator_ascending))
      _ = IndexTests.gather(5, on: device)
    }
    let other = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = IndexTests.gather(5, on: .reference)
    }
    func sentence(_ result: ExitTest.Result?) -> String? {
      let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      return text.firstMatch(of: /Fatal error: (.*)/).map { String($0.1) }
    }
    #expect(sentence(own) != nil && sentence(own) == sentence(other))
  }

  @Test func checksDoNotWait() throws {
    let backend = try CUDABackend(emulated: cuda_emulator_descending)
    let device = Device(backend)
    let table = Tensor<Float>(repeating: 1, shape: [5, 2], on: device)
    let indices = Tensor<Int32>([0, 4], on: device)
    for _ in 0..<3 { _ = table.gather(indices) }
    #expect(backend.counts.waits == 0)
    #expect(table.gather(indices).scalars == [1, 1, 1, 1])
    #expect(backend.counts.waits == 1)
  }
}
