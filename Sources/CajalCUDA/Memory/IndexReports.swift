import CCajalCUDA
import CajalSupport
import Foundation

/// Pinned memory in which kernels note indices that are out of range.
///
/// Looking for such an index must not make the host wait. So the device writes the first one that it
/// finds, and the host looks at this memory whenever it has waited anyhow, or when the device
/// fails, as it may have read from where a wrong index leads.
@safe final class IndexReports: @unchecked Sendable {
  /// Two numbers of the host's memory: whether an index was out of range, and the index.
  struct Report: KernelArgument {
    /// The address, which is the same for host and device.
    let kernelValue: UInt64
  }

  private struct Check: Hashable {
    let name: String
    let range: Range<Int>
  }

  private static let capacity = 1024
  private let driver: cajal_cuda_driver
  private let memory: UnsafeMutablePointer<(found: Int32, index: Int32)>
  private let lock = NSLock()
  // Guarded by the lock.
  private var checks: [Check] = []
  private var numbers: [Check: Int] = [:]

  /// The context is current.
  init(_ libraries: CUDALibraries) throws(CUDAError) {
    driver = libraries.driver
    let byteCount = 8 * Self.capacity
    var address: UnsafeMutableRawPointer?
    try libraries.check(unsafe driver.cuMemHostAlloc(&address, byteCount, 0), "cuMemHostAlloc")
    guard let address = unsafe address else {
      throw .failedCall(function: "cuMemHostAlloc", error: "there is no memory")
    }
    unsafe memory = address.bindMemory(
      to: (found: Int32, index: Int32).self, capacity: Self.capacity)
    unsafe memory.initialize(repeating: (0, 0), count: Self.capacity)
  }

  /// Where the device notes an index that is outside of a range. Equal checks share a place.
  func report(name: String, range: Range<Int>) -> Report {
    let check = Check(name: name, range: range)
    return lock.withLock {
      let number = numbers[check] ?? checks.count
      if number == checks.count {
        require(number < Self.capacity, "there are too many kinds of indices")
        checks.append(check)
        numbers[check] = number
      }
      return unsafe Report(kernelValue: UInt64(UInt(bitPattern: memory + number)))
    }
  }

  /// Stops the program where the device has noted an index.
  func requireNone() {
    lock.withLock {
      for (number, check) in checks.enumerated() where unsafe memory[number].found != 0 {
        let range = check.range
        let allowed = range.lowerBound == .min ? "below \(range.upperBound)" : "in \(range)"
        requirementFailure(unsafe "\(check.name) \(memory[number].index) is not \(allowed)")
      }
    }
  }

  deinit { _ = unsafe driver.cuMemFreeHost(memory) }
}
