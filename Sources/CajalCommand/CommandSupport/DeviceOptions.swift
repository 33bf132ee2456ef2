import ArgumentParser
import Cajal

/// The option that chooses the device.
struct DeviceOptions: ParsableArguments {
  @Option(
    help: """
      Where to compute: auto, which is a GPU where there is one, cpu, cuda, or cuda:1 for the \
      second GPU; see cajal info. (default: auto)
      """,
    transform: DeviceChoice.init)
  var device: DeviceChoice?

  /// The device.
  ///
  /// - Throws: `CUDAError` where the one that was named cannot be used.
  func open() throws -> Device { try (device ?? .automatic).open() }
}

/// A device by name.
enum DeviceChoice: Hashable {
  /// A GPU where there is one, else the processor.
  case automatic
  /// The processor.
  case cpu
  /// The GPU of a number.
  case cuda(Int)

  /// The choice of a text, such as `cuda:1`.
  ///
  /// - Throws: `ValidationError` that names the devices there may be.
  init(_ text: String) throws {
    switch text {
    case "auto": self = .automatic
    case "cpu": self = .cpu
    case "cuda": self = .cuda(0)
    default:
      guard text.hasPrefix("cuda:"), let number = Int(text.dropFirst(5)), number >= 0 else {
        throw ValidationError("a device is auto, cpu, cuda or cuda:N, such as cuda:1, not \(text)")
      }
      self = .cuda(number)
    }
  }

  /// The device.
  ///
  /// - Throws: `CUDAError` where it cannot be used.
  func open() throws -> Device {
    switch self {
    case .automatic: .default
    case .cpu: .cpu
    case .cuda(let number): try .cuda(number)
    }
  }
}
