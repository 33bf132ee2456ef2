import Cajal

/// What `cajal info` says of GPUs.
enum DeviceReport {
  /// The GPUs with the libraries that drive them, or in one line what is missing.
  static func lines(_ devices: CUDADevices = .shared) -> [String] {
    do {
      let properties = try devices.properties()
      guard !properties.isEmpty else { throw CUDAError.missingDevice(ordinal: 0, count: 0) }
      return ["GPUs:"] + properties.map(line)
        + (try devices.libraryDescriptions().map { "  \($0)" })
    } catch {
      return ["GPUs: \(error)"]
    }
  }

  /// The GPUs, or what is missing for them.
  static func gpus(
    _ devices: CUDADevices
  ) -> (gpus: [ProgramInformation.GPU], missing: String?) {
    do {
      let gpus = try devices.properties().map { gpu in
        ProgramInformation.GPU(
          device: "cuda:\(gpu.ordinal)", name: gpu.name, memoryBytes: gpu.memoryBytes,
          computeCapability: gpu.capabilityText)
      }
      guard !gpus.isEmpty else { throw CUDAError.missingDevice(ordinal: 0, count: 0) }
      return (gpus, nil)
    } catch {
      return ([], "\(error)")
    }
  }

  private static func line(_ gpu: CUDADeviceProperties) -> String {
    let gigabytes = Figures.fixed(Double(gpu.memoryBytes) / 1e9, 1)
    return "  cuda:\(gpu.ordinal): \(gpu.name), \(gigabytes) GB, "
      + "\(gpu.multiprocessors) multiprocessors, compute capability \(gpu.capabilityText)"
  }
}
