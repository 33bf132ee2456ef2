public import CajalTensor

/// What computed the steps of a run from one on.
public struct RunDevice: Sendable, Hashable, Codable {
  /// The updates that had been made before.
  public var firstStep: Int
  /// The device's name, such as `cuda:0 (NVIDIA H100)`.
  public var name: String
  /// What it computed products in.
  public var precision: Precision

  /// A device from a step on.
  public init(_ device: Device, from firstStep: Int) {
    self.firstStep = firstStep
    name = device.name
    precision = device.precision
  }
}

extension RunDevice: CustomStringConvertible {
  /// The name, and the precision unless that is float32.
  public var description: String {
    precision == .float32 ? name : "\(name) in \(precision.rawValue)"
  }
}

extension [RunDevice] {
  /// The devices of a run that continues on one after `step` updates. Steps that were made after
  /// them are made again, and the same device is listed once.
  func continued(on device: Device, from step: Int) -> [RunDevice] {
    let kept = prefix { $0.firstStep < step }
    let next = RunDevice(device, from: step)
    return kept.last?.description == next.description ? Array(kept) : kept + [next]
  }
}
