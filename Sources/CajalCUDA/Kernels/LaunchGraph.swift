import CCajalCUDA
import Foundation

/// A sequence of kernels that the driver knows, each after the one before.
@safe final class LaunchGraph {
  /// Whether the driver has refused nothing so far.
  private var isUsable = false
  private let driver: cajal_cuda_driver
  private var graph: cajal_cuda_graph?
  private var executable: cajal_cuda_executable?
  private var nodes: [cajal_cuda_node] = unsafe []
  /// The grids and the values of arguments that the driver was told last.
  private var known: [(launch: LaunchList.Launch, bytes: [UInt8])] = []

  /// The graph of some launches.
  init(_ launches: LaunchList, _ driver: cajal_cuda_driver) {
    self.driver = driver
    var failure = unsafe driver.cuGraphCreate(&graph, 0)
    for index in launches.launches.indices where failure == 0 {
      var (node, launch) = unsafe (nodes.last, launches.node(index))
      failure = unsafe withUnsafePointer(to: &node) { before in
        var made: cajal_cuda_node?
        let result = unsafe driver.cuGraphAddKernelNode(
          &made, graph, index == 0 ? nil : before, index == 0 ? 0 : 1, &launch)
        if let made = unsafe made { unsafe nodes.append(made) }
        return result
      }
      known.append((launches.launches[index], unsafe Array(launches.bytes(index))))
    }
    if failure == 0 { failure = unsafe driver.cuGraphInstantiate(&executable, graph, 0) }
    isUsable = failure == 0
  }

  /// Launches the same kernels, perhaps on other grids and with other arguments, or returns false
  /// where the driver refuses, now and from then on. Nothing is launched then.
  func launch(_ launches: LaunchList, _ stream: cajal_cuda_stream) -> Bool {
    isUsable = isUsable && tell(launches) == 0
    if isUsable { isUsable = unsafe driver.cuGraphLaunch(executable, stream) == 0 }
    return isUsable
  }

  /// Tells the driver what differs from the time before.
  private func tell(_ launches: LaunchList) -> cajal_cuda_result {
    for index in launches.launches.indices {
      let (launch, bytes) = unsafe (launches.launches[index], launches.bytes(index))
      let same = known[index].launch
      let hasSameValues = unsafe known[index].bytes.withUnsafeBytes {
        unsafe $0.count == bytes.count
          && (bytes.isEmpty || memcmp($0.baseAddress!, bytes.baseAddress!, bytes.count) == 0)
      }
      if hasSameValues && launch.grid == same.grid && launch.block == same.block
        && launch.sharedBytes == same.sharedBytes
      {
        continue
      }
      var node = unsafe launches.node(index)
      let result = unsafe driver.cuGraphExecKernelNodeSetParams(executable, nodes[index], &node)
      guard result == 0 else { return result }
      known[index] = (launch, unsafe Array(bytes))
    }
    return 0
  }

  deinit {
    if let executable = unsafe executable { _ = unsafe driver.cuGraphExecDestroy(executable) }
    if let graph = unsafe graph { _ = unsafe driver.cuGraphDestroy(graph) }
  }
}
