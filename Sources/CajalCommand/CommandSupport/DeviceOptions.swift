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

  @Option(
    help: """
      What a GPU computes products in: float32, which is exact, or tf32 or bfloat16, which are \
      faster. Sums, losses and weights are in float32 in any case. (default: float32; for a run \
      that is resumed, what it was last trained in)
      """,
    transform: DeviceChoice.precision)
  var precision: Precision?

  func validate() throws {
    if device == .cpu { try DeviceChoice.checkProcessor(takes: precision) }
  }

  /// The device.
  ///
  /// - Parameter recorded: The precision that a run was last trained in.
  /// - Throws: `CUDAError` where the one that was named cannot be used, and `ValidationError` where
  ///   the processor is to compute in another precision than float32.
  func open(resuming recorded: Precision = .float32) throws -> Device {
    let opened = try (device ?? .automatic).open(precision: precision ?? recorded)
    if opened == .cpu { try DeviceChoice.checkProcessor(takes: precision, resuming: recorded) }
    return opened
  }
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

  /// The precision of a text.
  ///
  /// - Throws: `ValidationError` that names those that there are.
  static func precision(_ text: String) throws -> Precision {
    guard let precision = Precision(rawValue: text) else {
      throw ValidationError("a precision is float32, tf32 or bfloat16, not \(text)")
    }
    return precision
  }

  /// The device. The processor takes no precision.
  ///
  /// - Throws: `CUDAError` where it cannot be used.
  func open(precision: Precision = .float32) throws -> Device {
    switch self {
    case .automatic: (try? .cuda(precision: precision)) ?? .cpu
    case .cpu: .cpu
    case .cuda(let number): try .cuda(number, precision: precision)
    }
  }

  /// Checks that the processor computes in the precision that was chosen, or where none was, in
  /// that of the run.
  ///
  /// - Throws: `ValidationError` for all but float32.
  static func checkProcessor(
    takes precision: Precision?, resuming recorded: Precision = .float32
  ) throws {
    if let precision, precision != .float32 {
      throw ValidationError(
        "--precision \(precision.rawValue) needs a GPU; the processor computes in float32")
    }
    guard precision != nil || recorded == .float32 else {
      throw ValidationError(
        "the run was last trained in \(recorded.rawValue), which needs a GPU; --precision float32 "
          + "continues it on the processor")
    }
  }
}
