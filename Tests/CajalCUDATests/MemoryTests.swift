import CUDAEmulator
import CajalCUDA
import Foundation
import Testing

@testable import CajalTensor

/// Memory of emulated devices: allocation, reuse and copies.
@Suite struct MemoryTests {
  @Test func memoryIsReused() throws {
    let backend = try CUDABackend(emulated: cuda_emulator_ascending)
    let device = Device(backend)
    func work() -> [Float] {
      let x = Tensor([Float](repeating: 2, count: 1000), shape: [1000], on: device)
      return (x * x + x).scaled(by: 0.5).scalars
    }
    #expect(work() == [Float](repeating: 3, count: 1000))
    let allocations = backend.counts.allocations
    for _ in 0..<10 { #expect(work() == [Float](repeating: 3, count: 1000)) }
    #expect(backend.counts.allocations == allocations)
    let statistics = backend.memoryStatistics
    #expect(statistics.used == 0)
    #expect(statistics.peak >= 12_000 && statistics.peak <= 20_000)
    #expect(statistics.cached == Int(backend.counts.bytes_held))
  }

  @Test func memoryThatEnds() throws {
    let backend = try CUDABackend(emulated: cuda_emulator_ascending, memoryBytes: 1 << 20)
    let device = Device(backend)
    let kept = try Tensor<Float>(allocatingZeros: [100_000], on: device)
    // What is free and of another size goes back to the driver.
    _ = try Tensor<Float>(allocatingZeros: [100_000], on: device)
    _ = try Tensor<Float>(allocatingZeros: [140_000], on: device)
    #expect {
      _ = try Tensor<Float>(allocatingZeros: [200_000], on: device)
    } throws: { error in
      let error = error as? AllocationError
      return error?.requestedBytes == 800_000 && error?.totalBytes == 1 << 20
        && (error?.heldBytes ?? 0) >= 400_000
        && "\(error!)".contains(
          "and \((1 << 20) - error!.heldBytes) are free; smaller micro-batches")
    }
    #expect(kept.scalars.allSatisfy { $0 == 0 })
  }

  /// Uploads return before they are done, and their memory is not overwritten until then.
  @Test func copiesOfAllSizes() throws {
    let backend = try CUDABackend(emulated: cuda_emulator_descending)
    let device = Device(backend)
    for count in [0, 1, 1000, 20_000, 3_000_000] {
      let numbers = (0..<count).map(Float.init)
      let x = Tensor(numbers, shape: [count], on: device)
      #expect(x.scalars == numbers)
    }
    let tensors = (0..<100).map { Tensor([Float($0)], shape: [1], on: device) }
    let waits = backend.counts.waits
    #expect(waits < 110)
    #expect(tensors.map(\.scalar) == (0..<100).map(Float.init))
  }

  /// What is launched and copied is counted.
  @Test func workIsCounted() throws {
    let backend = try CUDABackend(emulated: cuda_emulator_ascending)
    let device = Device(backend)
    let x = Tensor<Float>([1, 2, 3], shape: [3], on: device)
    var y = x
    y.add(x, scale: 2)
    #expect(y.scalars == [3, 6, 9])
    let counts = backend.counts
    #expect(counts.launches == 1)
    #expect(counts.bytes_uploaded == 12 && counts.bytes_copied == 12)
    #expect(counts.bytes_downloaded == 12 && counts.waits == 1)
    let name = cuda_emulator_launch_name(Int32(backend.properties.ordinal), 0)
    #expect(name.map { String(cString: $0) } == "cajal_add_scaled")
  }

  @Test func devicesAreUsedFromSeveralThreads() async throws {
    let device = Device(try CUDABackend(emulated: cuda_emulator_ascending))
    let other = Device(try CUDABackend(emulated: cuda_emulator_ascending))
    let sums = await withTaskGroup(of: Float.self) { group in
      for task in 0..<8 {
        group.addTask {
          let home = task % 2 == 0 ? device : other
          var x = Tensor([Float(task)], shape: [1], on: home)
          for _ in 0..<20 { x = x + x.scaled(by: 0, plus: 1) }
          return x.scalar
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(sums.sorted() == (0..<8).map { Float($0 + 20) })
  }
}
