import CCajalCUDA
import CajalSupport
import Foundation

/// Launches of kernels on their way to the driver, which gets many of them at once.
///
/// A launch costs the driver some microseconds, as much as a small kernel takes, and a model makes
/// the same launches again and again. So launches wait here until there are ``capacity`` of them, or
/// something else is to be done after them. When a sequence of kernels comes for the second time,
/// the driver gets it as a graph, whose launch costs about as much as one kernel's; from then on it
/// is told only what is different from the time before. Where it refuses a graph, it gets the
/// launches one by one.
///
/// `@unchecked Sendable`: everything that changes is guarded by the lock.
@safe final class LaunchQueue: @unchecked Sendable {
  /// The most launches that wait. A device does not begin before they are given to the driver.
  static let capacity = 32
  /// The fewest launches that are worth a graph, and the most graphs that are kept.
  static let fewest = 4, mostGraphs = 256

  private let driver: cajal_cuda_driver
  private let context: cajal_cuda_context
  private let stream: cajal_cuda_stream
  private let fail: @Sendable (_ result: cajal_cuda_result, _ function: String) -> Void
  // A lock of the system's rather than Synchronization's, which the thread sanitizer does not see.
  private let lock = NSLock()
  // Guarded by the lock.
  private var waiting = LaunchList()
  /// Those of sequences that have come twice; `nil` of those that have come once.
  private var graphs: [[UInt]: LaunchGraph?] = [:]

  /// A queue to a stream of a context.
  ///
  /// - Parameter fail: Called with the result of a call that failed; does not return.
  init(
    _ driver: cajal_cuda_driver, _ context: cajal_cuda_context, _ stream: cajal_cuda_stream,
    fail: @escaping @Sendable (_ result: cajal_cuda_result, _ function: String) -> Void
  ) {
    self.driver = driver
    unsafe self.context = context
    unsafe self.stream = stream
    self.fail = fail
  }

  /// Adds a launch of a kernel, whose name is for messages.
  func add<each Argument: KernelArgument>(
    _ function: cajal_cuda_function, _ kernel: String, grid: Grid, block: Int, sharedBytes: Int,
    _ arguments: repeat each Argument
  ) {
    lock.lock()
    defer { lock.unlock() }
    unsafe waiting.begin(function, kernel, grid: grid, block: block, sharedBytes: sharedBytes)
    for argument in repeat each arguments { waiting.append(argument.kernelValue) }
    guard waiting.launches.count == Self.capacity else { return }
    let result = unsafe driver.cuCtxSetCurrent(context)
    if result != 0 { fail(result, "cuCtxSetCurrent") }
    submit()
  }

  /// Gives what waits to the driver. The context is current.
  func flush() { lock.withLock { submit() } }

  private func submit() {
    guard !waiting.launches.isEmpty else { return }
    if waiting.launches.count < Self.fewest || !submitAsGraph() {
      for index in waiting.launches.indices {
        let node = unsafe waiting.node(index)
        let result = unsafe driver.cuLaunchKernel(
          node.function, node.grid_x, node.grid_y, node.grid_z, node.block_x, node.block_y,
          node.block_z, node.shared_bytes, stream, node.arguments, nil)
        if result != 0 { fail(result, "the launch of \(waiting.launches[index].kernel)") }
      }
    }
    waiting.removeAll()
  }

  /// Gives the waiting kernels to the driver as a graph; false when they come for the first time in
  /// this order, or the driver refuses.
  private func submitAsGraph() -> Bool {
    let sequence = waiting.sequence
    guard let known = graphs[sequence] else {
      if graphs.count == Self.mostGraphs { graphs = [:] }
      graphs[sequence] = .some(nil)
      return false
    }
    let graph = known ?? LaunchGraph(waiting, driver)
    graphs[sequence] = .some(graph)
    return unsafe graph.launch(waiting, stream)
  }
}
