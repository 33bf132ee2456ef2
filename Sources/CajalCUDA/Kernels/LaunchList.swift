import CCajalCUDA

/// Launches with the values of their arguments, one after another in the same memory.
@safe struct LaunchList {
  /// A launch without its arguments.
  @safe struct Launch {
    let function: cajal_cuda_function
    let kernel: String
    let grid: Grid
    let block: Int, sharedBytes: Int
    /// Its places among ``LaunchList/offsets``.
    let firstArgument: Int
    /// Its first byte.
    let firstByte: Int
  }

  private(set) var launches: [Launch] = []
  /// Where each argument's value is.
  private(set) var offsets: [Int] = []
  private let memory = ArgumentMemory()
  private var byteCount = 0

  /// Begins a launch, whose arguments follow.
  mutating func begin(
    _ function: cajal_cuda_function, _ kernel: String, grid: Grid, block: Int, sharedBytes: Int
  ) {
    // So that the values of equal launches are equally far from their first byte.
    fill(to: (byteCount + 15) & ~15)
    launches.append(
      unsafe Launch(
        function: function, kernel: kernel, grid: grid, block: block, sharedBytes: sharedBytes,
        firstArgument: offsets.count, firstByte: byteCount))
  }

  /// Adds the value of an argument to the last launch.
  mutating func append<Value: BitwiseCopyable>(_ value: Value) {
    let alignment = MemoryLayout<Value>.alignment
    fill(to: (byteCount + alignment - 1) / alignment * alignment)
    memory.reserve(byteCount + MemoryLayout<Value>.size)
    unsafe memory.bytes.storeBytes(of: value, toByteOffset: byteCount, as: Value.self)
    offsets.append(byteCount)
    byteCount += MemoryLayout<Value>.size
  }

  /// Adds zeros, so that bytes of equal launches are equal.
  private mutating func fill(to end: Int) {
    memory.reserve(end)
    unsafe memory.bytes.advanced(by: byteCount).initializeMemory(
      as: UInt8.self, repeating: 0, count: end - byteCount)
    byteCount = end
  }

  /// Forgets all launches, but not the memory.
  mutating func removeAll() {
    launches.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    byteCount = 0
  }

  /// The kernels in their order, by their handles.
  var sequence: [UInt] { launches.map { unsafe UInt(bitPattern: $0.function) } }

  /// The bytes of a launch's arguments. Valid until the list changes.
  func bytes(_ index: Int) -> UnsafeRawBufferPointer {
    let start = launches[index].firstByte
    let end = index + 1 < launches.count ? launches[index + 1].firstByte : byteCount
    return unsafe UnsafeRawBufferPointer(
      start: memory.bytes.advanced(by: start), count: end - start)
  }

  /// A launch as the driver takes it. Valid until the list changes or the next call.
  func node(_ index: Int) -> cajal_cuda_kernel_node {
    let launch = launches[index]
    let end = index + 1 < launches.count ? launches[index + 1].firstArgument : offsets.count
    memory.reservePointers(end - launch.firstArgument)
    for place in launch.firstArgument..<end {
      unsafe memory.pointers[place - launch.firstArgument] =
        unsafe memory.bytes.advanced(by: offsets[place])
    }
    return unsafe cajal_cuda_kernel_node(
      function: launch.function, grid_x: UInt32(launch.grid.x), grid_y: UInt32(launch.grid.y),
      grid_z: UInt32(launch.grid.z), block_x: UInt32(launch.block), block_y: 1, block_z: 1,
      shared_bytes: UInt32(launch.sharedBytes), arguments: memory.pointers, extra: nil,
      kernel: nil, context: nil)
  }
}

/// Memory for the values of arguments, and for pointers to those of one launch.
@safe private final class ArgumentMemory {
  private(set) var bytes: UnsafeMutableRawPointer
  private(set) var pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private var byteCapacity = 16 << 10, pointerCapacity = 32

  init() {
    unsafe bytes = .allocate(byteCount: byteCapacity, alignment: 16)
    unsafe pointers = .allocate(capacity: pointerCapacity)
  }

  /// Makes room for so many bytes in all.
  func reserve(_ count: Int) {
    guard count > byteCapacity else { return }
    let larger = UnsafeMutableRawPointer.allocate(byteCount: 2 * count, alignment: 16)
    unsafe larger.copyMemory(from: bytes, byteCount: byteCapacity)
    unsafe bytes.deallocate()
    unsafe bytes = larger
    byteCapacity = 2 * count
  }

  func reservePointers(_ count: Int) {
    guard count > pointerCapacity else { return }
    unsafe pointers.deallocate()
    unsafe pointers = .allocate(capacity: count)
    pointerCapacity = count
  }

  deinit {
    unsafe bytes.deallocate()
    unsafe pointers.deallocate()
  }
}
