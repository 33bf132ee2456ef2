import CCajalCUDA
import CajalSupport
package import CajalTensor

/// The primitives on an NVIDIA GPU.
///
/// All work goes to one stream, in order, and is done late. Kernels are compiled for the device
/// when the backend is made, or come from the cache on disk.
package final class CUDABackend: Backend {
  let context: CUDAContext
  let memory: CachingAllocator
  let staging: StagingMemory
  let kernels: KernelTable
  /// The most blocks of kernels that walk any grid.
  let gridLimit: Int
  /// What products are computed in.
  package let precision: Precision
  /// Matrix products of NVIDIA's library, where it is to be used and can be.
  let libraryProducts: LibraryProducts?
  /// Attention plans on the device.
  let plans = PlanCache<DevicePlan>()

  /// A backend that drives a device.
  ///
  /// - Parameters:
  ///   - libraries: The driver and the compiler.
  ///   - ordinal: The device's number, counted from 0.
  ///   - precision: What products are computed in.
  ///   - products: Who computes matrix products.
  ///   - cache: Where compiled kernels are kept.
  ///   - poisonsMemory: Overwrites new and freed memory with NaN, for tests.
  ///   - cachesMemory: Keeps freed memory and rounds its size; else a sanitizer sees where it ends.
  ///   - gridLimit: The most blocks of kernels that walk any grid: 1 makes a block walk it all.
  /// - Throws: ``CUDAError``.
  package init(
    _ libraries: CUDALibraries, ordinal: Int, precision: Precision = .float32,
    products: ProductLibrary = .cublas(), cache: KernelCache = .standard(),
    poisonsMemory: Bool = false, cachesMemory: Bool = true, gridLimit: Int = Grid.limit
  ) throws(CUDAError) {
    context = try CUDAContext(libraries, ordinal: ordinal)
    memory = CachingAllocator(context, poisons: poisonsMemory, caches: cachesMemory)
    staging = StagingMemory(context)
    self.gridLimit = gridLimit
    self.precision = precision
    libraryProducts = LibraryProducts(context, products, precision: precision)
    kernels = try KernelTable(
      libraries, architecture: context.properties.architecture, cache: cache,
      files: KernelSource.files(for: precision))
  }

  /// Such as `cuda:0 (NVIDIA H100)`, and `with cuBLASLt 13.1.0` where that computes products, as
  /// another version may have other last bits.
  package var name: String {
    libraryProducts.map { "\(context.name) with cuBLASLt \($0.version)" } ?? context.name
  }

  /// What the driver tells about the device.
  package var properties: CUDADeviceProperties { context.properties }

  /// The bytes that have been in use at most at a time.
  package var peakMemoryBytes: Int? { memory.statistics.peak }

  /// All work goes to one stream.
  package var gainsFromThreads: Bool { false }

  /// The name of the kernel for products in this precision, of those that there are in each.
  func inPrecision(_ kernel: String) -> String {
    precision == .float32 ? kernel : "\(kernel)_\(precision.rawValue)"
  }

  /// The bytes in use, those in use at most at a time, and those kept for later.
  package var memoryStatistics: (used: Int, peak: Int, cached: Int) { memory.statistics }
}

extension CUDABackend {
  /// The threads of a block where nothing speaks for another number.
  package static let threads = 256

  /// A grid for `count` elements of which a thread takes `perThread` at a time: enough blocks to
  /// fill the device several times, and no more than there is work for.
  package func grid(for count: Int, perThread: Int = 1, threads: Int = threads) -> Grid {
    let perBlock = threads * perThread
    let blocks = (count + perBlock - 1) / perBlock
    return walkedGrid(min(blocks, 16 * context.properties.multiprocessors))
  }

  /// A grid for a kernel that walks any grid and has work for so many blocks.
  func walkedGrid(_ blocks: Int) -> Grid { Grid(min(blocks, gridLimit)) }

  /// Launches a kernel by its name; nothing where the grid is empty.
  ///
  /// Arguments are those of the kernel, in order: a ``Buffer`` for a pointer, an `Int` for an
  /// `int64`, an `Int32` or a `Bool` for an `int`, a `Float`, or a structure of
  /// `cajal_cuda_arguments.h`.
  ///
  /// ```swift
  /// launch("cajal_softmax", grid: Grid(rows), block: 128, x, result, rows, width)
  /// ```
  package func launch<each Argument: KernelArgument>(
    _ kernel: String, grid: Grid, block: Int = threads, sharedBytes: Int = 0,
    _ arguments: repeat each Argument
  ) {
    guard grid.x > 0, grid.y > 0, grid.z > 0 else { return }
    guard let function = unsafe kernels[kernel] else {
      requirementFailure("no file of Sources/CCajalCUDA/kernels has the kernel \(kernel)")
    }
    if sharedBytes > 48 << 10 {
      context.makeCurrent()
      context.require(
        unsafe context.driver.cuFuncSetAttribute(
          function, Int32(cajal_cuda_function_max_dynamic_shared_bytes), Int32(sharedBytes)),
        "cuFuncSetAttribute of \(kernel)")
    }
    unsafe context.queue.add(
      function, kernel, grid: grid, block: block, sharedBytes: sharedBytes, repeat each arguments)
  }
}
