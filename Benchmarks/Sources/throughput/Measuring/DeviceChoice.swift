import ArgumentParser
import Cajal
import CajalOperationCases

/// A device by name.
enum DeviceChoice: Hashable, ExpressibleByArgument {
  /// The processor.
  case cpu
  /// The GPU of a number.
  case cuda(Int)

  /// The choice of a text, such as `cuda:1`.
  init?(argument: String) {
    switch argument {
    case "cpu": self = .cpu
    case "cuda": self = .cuda(0)
    default:
      guard argument.hasPrefix("cuda:"), let number = Int(argument.dropFirst(5)), number >= 0 else {
        return nil
      }
      self = .cuda(number)
    }
  }

  /// The device; the processor whatever the precision and who computes products.
  ///
  /// - Throws: `CUDAError` where it cannot be used.
  func open(precision: Precision, products: ProductChoice) throws -> Device {
    switch self {
    case .cpu: .cpu
    case .cuda(let number): try .cuda(number, precision: precision, products: products)
    }
  }
}
