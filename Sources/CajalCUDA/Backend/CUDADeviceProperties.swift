import CCajalCUDA

/// What the driver tells about a device.
public struct CUDADeviceProperties: Sendable, Hashable {
  /// The number that ``CajalTensor/Device/cuda(_:precision:)`` takes.
  public let ordinal: Int
  /// Such as `NVIDIA H100 80GB HBM3`.
  public let name: String
  /// The bytes of its memory.
  public let memoryBytes: Int
  /// The multiprocessors.
  public let multiprocessors: Int
  /// The driver's handle.
  let handle: Int32
  let major: Int, minor: Int

  /// The compute capability.
  var capability: (major: Int, minor: Int) { (major, minor) }
  /// The compute capability, such as `9.0`.
  public var capabilityText: String { "\(major).\(minor)" }
  /// The architecture that kernels are compiled for, such as `sm_90`.
  package var architecture: String { "sm_\(major)\(minor)" }

  /// Asks the driver.
  init(_ libraries: CUDALibraries, ordinal: Int) throws(CUDAError) {
    let driver = libraries.driver
    let count = try Self.count(libraries)
    guard (0..<count).contains(ordinal) else {
      throw .missingDevice(ordinal: ordinal, count: count)
    }
    var handle: Int32 = 0
    try libraries.check(unsafe driver.cuDeviceGet(&handle, Int32(ordinal)), "cuDeviceGet")
    var text = [CChar](repeating: 0, count: 256)
    try libraries.check(unsafe driver.cuDeviceGetName(&text, 256, handle), "cuDeviceGetName")
    var bytes = 0
    try libraries.check(unsafe driver.cuDeviceTotalMem(&bytes, handle), "cuDeviceTotalMem")
    func attribute(_ number: Int) throws(CUDAError) -> Int {
      var value: Int32 = 0
      try libraries.check(
        unsafe driver.cuDeviceGetAttribute(&value, Int32(number), handle), "cuDeviceGetAttribute")
      return Int(value)
    }
    self.ordinal = ordinal
    name = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    memoryBytes = bytes
    multiprocessors = try attribute(cajal_cuda_multiprocessor_count)
    major = try attribute(cajal_cuda_compute_capability_major)
    minor = try attribute(cajal_cuda_compute_capability_minor)
    self.handle = handle
  }

  /// The number of devices.
  static func count(_ libraries: CUDALibraries) throws(CUDAError) -> Int {
    let driver = libraries.driver
    let initialized = driver.cuInit(0)
    if initialized == Int32(cajal_cuda_no_device) { return 0 }
    try libraries.check(initialized, "cuInit")
    var count: Int32 = 0
    try libraries.check(unsafe driver.cuDeviceGetCount(&count), "cuDeviceGetCount")
    return Int(count)
  }
}
