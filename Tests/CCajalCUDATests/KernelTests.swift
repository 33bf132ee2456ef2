import CCajalCUDA
import CUDAEmulator
import Foundation
import Testing

/// The kernels without a backend: what the emulator executes of them.
@Suite struct KernelTests {
  /// One device for each order of warps.
  static let devices = [0, 1]

  @Test func theEmulatorHasAllKernels() throws {
    var count = 0
    for index in 0..<cajal_cuda_kernel_file_count() {
      let source = String(cString: cajal_cuda_kernel_file(index).text)
      for kernel in source.matches(of: /extern "C" __global__ void [^\(]*?(cajal_\w+)\(/) {
        let name = String(kernel.1)
        #expect(cuda_emulator_has_kernel(name) != 0, "\(name) is not in Tests/CUDAEmulator/kernels")
        count += 1
      }
    }
    #expect(count >= 11)
  }

  @Test(arguments: devices) func fills(device: Int) {
    let machine = EmulatedDevice(device)
    for count in [1, 3, 4, 5, 255, 1030] {
      let numbers = machine.run(on: [Float](repeating: 1, count: count)) { memory in
        machine.launch("cajal_fill", file: "elements.cu", memory, Float(2.5), count)
      }
      #expect(numbers == [Float](repeating: 2.5, count: count))
    }
  }

  @Test(arguments: devices) func appliesFunctions(device: Int) {
    let machine = EmulatedDevice(device)
    let x = (0..<1000).map { Float($0 - 500) / 100 }
    let numbers = machine.run(on: x) { memory in
      let operation = Int32(cajal_cuda_gelu.rawValue)
      machine.launch("cajal_unary", file: "elements.cu", operation, memory, memory, x.count)
    }
    for (x, y) in zip(x, numbers) {
      #expect(abs(Double(y) - Double(x) * 0.5 * erfc(-Double(x) * 0.5.squareRoot())) < 1e-6)
    }
  }

  @Test(arguments: devices) func reducesBlocks(device: Int) {
    let machine = EmulatedDevice(device)
    let x = (0..<96).map(Float.init)
    let numbers = machine.run(on: x) { memory in
      machine.launch("probe_sums", blocks: 1, threads: 96, memory)
    }
    #expect(numbers == [Float](repeating: 48 * 95 + 2 * 95 + 32, count: 96))
  }

  /// A barrier that is missing shows, and one that is there suffices.
  @Test(arguments: devices) func sharedMemoryNeedsBarriers(device: Int) {
    let machine = EmulatedDevice(device)
    let x = (0..<128).map(Float.init)
    for waits in [true, false] {
      let numbers = machine.run(on: x) { memory in
        machine.launch(
          "probe_reversal", blocks: 1, threads: 128, sharedBytes: 512, memory, Int32(waits ? 1 : 0))
      }
      #expect((numbers == x.reversed()) == waits)
    }
  }

  /// A launch without a barrier ends where it cannot go on, or reads where no memory is.
  @Test(arguments: [cuda_emulator_ascending, cuda_emulator_descending])
  func launchesWithoutBarriersEnd(order: cuda_emulator_order) {
    let ordinal = cuda_emulator_add_device(1 << 20, order)
    let machine = EmulatedDevice(Int(ordinal))
    let x = (0..<32).map(Float.init)
    func stops(reads: Int32) -> Int64 {
      let before = cuda_emulator_counts_of(ordinal).stops
      let numbers = machine.run(on: x) { memory in
        machine.launch("probe_missing_barrier", blocks: 1, threads: 32, memory, reads)
      }
      #expect(numbers == x)
      return Int64(cuda_emulator_counts_of(ordinal).stops - before)
    }
    #expect([0, 1].map(stops) == [0, 0])
    let barrier = cuda_emulator_barrier_reached(ordinal, 0)
    #expect(barrier.file.map { String(cString: $0) } == "probes.cpp")
    #expect(cuda_emulator_barrier_reached(ordinal, 1).file == nil)
    cuda_emulator_leave_out(ordinal, barrier)
    #expect([0, 1].map(stops) == [1, 1])
    cuda_emulator_leave_out(ordinal, cuda_emulator_barrier(file: nil, line: 0))
    #expect([0, 1].map(stops) == [0, 0])
  }

  /// The words of the test vectors of Salmon et al. for a counter and key of zeros.
  @Test func randomNumbersArePhilox() {
    let machine = EmulatedDevice(0)
    let key = cajal_cuda_random_key(seed: (0, 0), stream: 0, step: (0, 0))
    let numbers = machine.run(on: [0, 0, 0, 0]) { memory in
      machine.launch("probe_philox", blocks: 1, threads: 4, memory, key, 0)
    }
    let words: [UInt32] = [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]
    #expect(numbers == words.map { Float($0 >> 8) * 0x1p-24 })
  }
}
