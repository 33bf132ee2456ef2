import CajalSupport
public import CajalTensor

/// The parameters of a model: named groups, each with a flat buffer of its own.
///
/// Because weights, gradients, moments and averages share this layout, an update, a norm, a copy, a
/// message or a file is one pass over one buffer per group.
public struct ParameterLayout: Sendable, Hashable {
  /// The groups, in the order of their first declaration.
  public let groups: [ParameterGroup]
  /// Every parameter, in the order of declaration.
  public let parameters: [Parameter]

  /// A layout of groups, whose parameters know the index of theirs.
  public init(_ groups: [ParameterGroup]) {
    self.init(groups: groups, parameters: groups.flatMap(\.parameters))
  }

  init(groups: [ParameterGroup], parameters: [Parameter]) {
    for (index, group) in groups.enumerated() {
      require(
        group.parameters.allSatisfy { $0.group == index },
        "the parameters of group \(index), \(group.name), are of that group")
    }
    self.groups = groups
    self.parameters = parameters
  }

  /// The number of trainable numbers, without the buffers' padding.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.count } }

  /// The parameter at a path.
  public subscript(path: String) -> Parameter? { parameters.first { $0.path == path } }

  /// The index of the group with a name, or `nil` when there is none.
  public func index(ofGroup name: String) -> Int? { groups.firstIndex { $0.name == name } }

  /// First values for all parameters. Equal seeds give equal bits; each parameter has a sequence of
  /// its own, so that adding a parameter at the end changes no other.
  ///
  /// - Throws: `AllocationError` when the device has no memory for them.
  public func initialValues(
    seed: UInt64, on device: Device = .cpu
  ) throws(AllocationError) -> ParameterValues {
    var values = ParameterValues([])
    for group in groups {
      values.buffers.append(try Tensor(allocatingZeros: [group.count], on: device))
    }
    for (index, parameter) in parameters.enumerated() {
      let key = RandomKey(seed: seed, stream: RandomStreams.initialization, step: UInt64(index))
      let drawn = parameter.initializer.values(shape: parameter.shape, key: key)
      values.buffers[parameter.group].write(Tensor(drawn, on: device), at: parameter.offset)
    }
    return values
  }
}

extension ParameterLayout: CustomStringConvertible, CustomReflectable {
  /// The number of parameters and of the tensors that they are in.
  public var description: String {
    "\(parameterCount) parameters in \(parameters.count) tensors"
      + (groups.count > 1 ? " of \(groups.count) groups" : "")
  }

  /// No children: the list of all parameters is long.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
