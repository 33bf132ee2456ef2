import CajalSupport
import CCajalKernels
import COpenBLAS

/// The primitives on the processor, by the SIMD kernels of one instruction set.
///
/// Large work is cut into pieces whose borders depend on the shapes alone and spread over the cores
/// by Dispatch, so that results have the same bits for any number of threads; small work stays on
/// the calling thread. All methods may be called from several threads at once. Levels differ from
/// each other in the last bits, as their sums have different widths.
@safe package final class CPUBackend: HostBackend {
  /// The level whose kernels are used.
  package let instructionSet: InstructionSet
  /// Such as `cpu (avx2)`.
  package let name: String

  /// The table that every call goes through. It is constant and lives as long as the process.
  nonisolated(unsafe) let kernels: UnsafePointer<cajal_kernels>
  let pool = MemoryPool()
  let plans = PlanCache<TransposedMasks>()

  /// The level that `CAJAL_ISA` names, where this machine can run it, else its best. Made once.
  package static let automatic: CPUBackend = {
    let requested = (try? InstructionSet.requested()) ?? nil
    return CPUBackend(requested ?? .best) ?? CPUBackend(plain: ())
  }()

  /// A backend of the given level, or `nil` when this machine cannot run it.
  package convenience init?(_ instructionSet: InstructionSet) {
    guard let kernels = unsafe instructionSet.kernels else { return nil }
    unsafe self.init(instructionSet, name: instructionSet.rawValue, kernels)
  }

  /// The level that every machine can run.
  private convenience init(plain: Void) {
    guard let kernels = unsafe cajal_kernels_for(cajal_isa_plain) else {
      requirementFailure("the plain kernels are in every build")
    }
    unsafe self.init(.scalar, name: InstructionSet.scalar.rawValue, kernels)
  }

  init(_ instructionSet: InstructionSet, name: String, _ kernels: UnsafePointer<cajal_kernels>) {
    self.instructionSet = instructionSet
    self.name = "cpu (\(name))"
    unsafe self.kernels = unsafe kernels
    // The threads are ours; BLAS, which Double uses, is called from inside of them.
    openblas_set_num_threads(1)
  }

  /// The sixteen-lane source of the AVX-512 kernels compiled for AVX2, for tests on machines
  /// without AVX-512; `nil` where there is no AVX2.
  package static func wideForTests() -> CPUBackend? {
    unsafe cajal_kernels_for(cajal_isa_wide).map { unsafe CPUBackend(.avx512, name: "wide", $0) }
  }

  // MARK: Memory

  /// Memory from the backend's pool; see ``MemoryPool``.
  package func allocateMemory(
    byteCount: Int
  ) throws(AllocationError) -> UnsafeMutableRawPointer {
    guard let memory = unsafe pool.allocate(byteCount: byteCount) else {
      throw AllocationError(
        device: name, requestedBytes: byteCount, heldBytes: pool.heldBytes,
        totalBytes: SystemMemory.byteCount)
    }
    return unsafe memory
  }

  /// How often the pool has asked the system for memory.
  package var systemAllocations: Int { pool.systemAllocations }

  /// Gives memory back to the pool, which keeps some of it for the next allocation.
  package func deallocate(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    unsafe pool.deallocate(memory, byteCount: byteCount)
  }

  /// Calls `body` with memory from the pool for `count` Floats, contents undefined.
  func withScratch<Result>(
    _ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Result
  ) -> Result {
    let bytes = count * MemoryLayout<Float>.stride
    let memory: UnsafeMutableRawPointer
    do {
      unsafe memory = try unsafe allocateMemory(byteCount: bytes)
    } catch {
      requirementFailure("\(error)")
    }
    defer { unsafe pool.deallocate(memory, byteCount: bytes) }
    return unsafe body(memory.assumingMemoryBound(to: Float.self))
  }
}
