public import CajalTensor

/// A number for every parameter of a model: one flat buffer per group of its ``ParameterLayout``.
public struct ParameterValues: Sendable, Equatable {
  /// The flat buffers, in the order of the layout's groups.
  public var buffers: [Tensor<Float>]

  /// Values from the flat buffers of all groups, which are on one device.
  public init(_ buffers: [Tensor<Float>]) { self.buffers = buffers }

  /// The values of one parameter, which share their elements with the buffer.
  public subscript(parameter: Parameter) -> Tensor<Float> {
    buffers[parameter.group].flatSlice(from: parameter.offset, shape: parameter.shape)
  }

  /// Where the values are; the processor for a model without parameters.
  public var device: Device { buffers.first?.device ?? .cpu }

  /// Whether every value is a finite number. Reads one number per group.
  public var isFinite: Bool { buffers.allSatisfy(\.allFinite) }

  /// The number of elements of all buffers, padding included.
  public var count: Int { buffers.reduce(0) { $0 + $1.count } }

  /// The values on another device; themselves when they are there already.
  public func copied(to device: Device) -> ParameterValues {
    ParameterValues(buffers.map { $0.copied(to: device) })
  }
}

extension ParameterValues: CustomStringConvertible, CustomReflectable {
  /// The number of elements and of groups.
  public var description: String {
    "\(count) values" + (buffers.count > 1 ? " in \(buffers.count) groups" : "")
  }

  /// No children: the values are many.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
