import CajalTensor
import Foundation
import TestBackends
import Testing

/// That the test backends find what they are for.
@Suite struct TestBackendTests {
  @Test func touchingMemoryFaults() async {
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      let x = Tensor<Float>([1, 2, 3], on: Device(FaultingBackend()))
      let memory = (x.buffer.storage as? HostStorage)?.address
      print(memory?.load(as: UInt8.self) ?? 0)
    }
    let device = Device(FaultingBackend())
    let x = Tensor<Float>([1, 2, 3], on: device)
    #expect((x + x).scalars == [2, 4, 6])
    #expect(x.buffer.storage is HostStorage)
  }

  @Test func newMemoryIsNaN() {
    let device = Device(LateBackend())
    #expect(Tensor<Float>(uninitialized: [3], on: device).scalars.allSatisfy { $0.isNaN })
    #expect(Tensor<Double>(uninitialized: [3], on: device).scalars.allSatisfy { $0.isNaN })
  }

  @Test func freedMemoryBecomesNaNInItsTurn() throws {
    let backend = LateBackend()
    let device = Device(backend)
    var x: Tensor<Float>? = Tensor([1, 2, 3], on: device)
    let sum = try #require(x).sum()
    let base = backend.baseStorage(of: try #require(x).buffer.storage)
    let memory = try #require(base as? HostStorage)
    x = nil
    #expect(sum.scalar == 6, "it was freed after the sum was taken")
    #expect(memory.address.load(as: Float.self).isNaN)
  }

  @Test func workIsDoneWhenSomebodyWaits() {
    let backend = LateBackend()
    let device = Device(backend)
    var x = Tensor<Float>(repeating: 1, shape: [5], on: device)
    for _ in 0..<3 { x += x }
    var elements: [Float] = [9, 9]
    var y = Tensor(elements, on: device)
    elements[0] = 0
    y[1] = 4
    #expect(backend.roundTrips == 0)
    #expect(x.scalars == [8, 8, 8, 8, 8] && y.scalars == [9, 4])
    #expect(backend.roundTrips == 2)
  }

  /// The owner is still the only one while work on its elements waits.
  @Test func waitingWorkIsNoOwner() {
    let device = Device(LateBackend())
    var x = Tensor<Float>([1, 2], on: device)
    let storage = ObjectIdentifier(x.buffer.storage)
    x += Tensor([1, 2], on: device)
    x[0] = 5
    #expect(ObjectIdentifier(x.buffer.storage) == storage)
    #expect(x.scalars == [5, 4])
  }

  @Test func indicesAreCheckedInTheirTurn() async {
    await #expect(processExitsWith: .failure) {
      let device = Device(LateBackend())
      let table = Tensor<Float>(repeating: 1, shape: [5, 2], on: device)
      _ = table.gather(Tensor([5], on: device)).scalars
    }
  }

  @Test(arguments: devices + [Device(FaultingBackend()), Device(LateBackend())])
  func memoryThatIsNotThere(device: Device) {
    let error = #expect(throws: AllocationError.self) {
      try Tensor<Float>(allocatingZeros: [1 << 29, 1 << 29], on: device)
    }
    #expect(error?.requestedBytes == 1 << 60)
    #expect(error?.description.contains("\(1 << 60) bytes") == true)
    #expect(error?.description.contains("cpu") == true || device == .reference)
  }

  @Test func memoryThatIsThere() throws {
    let zeros = try Tensor(allocatingZeros: [2, 2])
    #expect(zeros.scalars == [0, 0, 0, 0])
  }

  @Test func runningOutOfMemoryStops() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor<Float>(uninitialized: [1 << 29, 1 << 29])
    }
  }
}
