import CCajalCUDA
import CajalSupport

/// A device of the driver, its context and the stream that all work goes to.
///
/// `@unchecked Sendable`: the handles never change, and the driver's functions may be called from
/// any thread.
@safe final class CUDAContext: @unchecked Sendable {
  let libraries: CUDALibraries
  /// What the device is called in messages, such as `cuda:0 (NVIDIA H100)`.
  let name: String
  let properties: CUDADeviceProperties
  /// The stream.
  let stream: cajal_cuda_stream
  /// What kernels note about indices that are out of range.
  let indexReports: IndexReports
  /// Launches that the driver has not been given yet: all else that is put into the stream comes
  /// after ``flush()``.
  let queue: LaunchQueue
  private let context: cajal_cuda_context

  var driver: cajal_cuda_driver { libraries.driver }
  var totalBytes: Int { properties.memoryBytes }

  init(_ libraries: CUDALibraries, ordinal: Int) throws(CUDAError) {
    let driver = libraries.driver
    properties = try CUDADeviceProperties(libraries, ordinal: ordinal)
    guard properties.capability.major >= 8 else {
      throw .unsuitableDevice(name: properties.name, capability: properties.capabilityText)
    }
    var context: cajal_cuda_context?
    try libraries.check(
      unsafe driver.cuDevicePrimaryCtxRetain(&context, properties.handle),
      "cuDevicePrimaryCtxRetain")
    try libraries.check(unsafe driver.cuCtxSetCurrent(context), "cuCtxSetCurrent")
    var stream: cajal_cuda_stream?
    try libraries.check(
      unsafe driver.cuStreamCreate(&stream, UInt32(cajal_cuda_stream_non_blocking)),
      "cuStreamCreate")
    guard let context = unsafe context, let stream = unsafe stream else {
      throw .failedCall(function: "cuStreamCreate", error: "there is no stream")
    }
    let indexReports = try IndexReports(libraries)
    let name = "cuda:\(ordinal) (\(properties.name))"
    queue = unsafe LaunchQueue(driver, context, stream) { result, function in
      // A wrong index may be why.
      indexReports.requireNone()
      requirementFailure("\(function) failed on \(name): \(libraries.text(of: result))")
    }
    self.indexReports = indexReports
    self.libraries = libraries
    self.name = name
    unsafe self.context = context
    unsafe self.stream = stream
  }

  /// Makes the driver's calls of this thread refer to this device.
  func makeCurrent() { require(unsafe driver.cuCtxSetCurrent(context), "cuCtxSetCurrent") }

  /// Makes the context current and gives launches that wait to the driver.
  func flush() {
    makeCurrent()
    queue.flush()
  }

  /// Waits for all work. Stops the program where an index was out of range.
  func synchronize() {
    flush()
    require(unsafe driver.cuStreamSynchronize(stream), "cuStreamSynchronize")
    indexReports.requireNone()
  }

  /// Memory from the driver, or `nil` where there is no more.
  func allocate(_ byteCount: Int) -> UInt64? {
    makeCurrent()
    var address: cajal_cuda_address = 0
    let result = unsafe driver.cuMemAlloc(&address, byteCount)
    if result == Int32(cajal_cuda_out_of_memory) { return nil }
    require(result, "cuMemAlloc")
    return address
  }

  /// The bytes of the device that no program has.
  var freeBytes: Int {
    makeCurrent()
    var (free, total) = (0, 0)
    require(unsafe driver.cuMemGetInfo(&free, &total), "cuMemGetInfo")
    return free
  }

  /// Gives memory back to the driver.
  func free(_ address: UInt64) { require(driver.cuMemFree(address), "cuMemFree") }

  /// Overwrites bytes, in the order of the stream.
  func setBytes(_ address: UInt64, to value: UInt8, count: Int) {
    flush()
    require(unsafe driver.cuMemsetD8Async(address, value, count, stream), "cuMemsetD8Async")
  }

  /// Copies bytes within the device, in the order of the stream.
  func copy(_ source: UInt64, to target: UInt64, byteCount: Int) {
    guard byteCount > 0 else { return }
    flush()
    require(
      unsafe driver.cuMemcpyDtoDAsync(target, source, byteCount, stream), "cuMemcpyDtoDAsync")
  }

  /// Stops the program unless a call has succeeded. A failure means that the device or an earlier
  /// kernel is broken: nothing that was computed can be relied on.
  func require(_ result: cajal_cuda_result, _ function: @autoclosure () -> String) {
    guard result != 0 else { return }
    // A wrong index may be why.
    indexReports.requireNone()
    requirementFailure("\(function()) failed on \(name): \(libraries.text(of: result))")
  }

  deinit {
    _ = unsafe driver.cuCtxSetCurrent(context)
    _ = unsafe driver.cuStreamDestroy(stream)
    _ = driver.cuDevicePrimaryCtxRelease(properties.handle)
  }
}
