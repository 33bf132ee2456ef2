import CajalSupport
public import CajalTensor

/// The gradients of a model's parameters, laid out as the parameters are: a flat buffer for each
/// group that is differentiated, which backward passes add to.
public final class ParameterGradients {
  /// The sums so far, a flat buffer per group of the layout; `nil` for groups whose gradients are
  /// not wanted: to a tape their parameters are constants.
  public private(set) var values: [Tensor<Float>?]

  /// Zeros for the parameters of a layout.
  ///
  /// - Parameters:
  ///   - layout: Where the parameters are.
  ///   - groups: The names of the groups that are differentiated; `nil` is all of them.
  ///   - device: Where the parameters are.
  /// - Throws: `AllocationError` when the device has no memory for them.
  public init(
    for layout: ParameterLayout, groups: Set<String>? = nil, on device: Device = .cpu
  ) throws(AllocationError) {
    var values: [Tensor<Float>?] = []
    for group in layout.groups {
      let isWanted = groups.map { $0.contains(group.name) } ?? true
      values.append(isWanted ? try Tensor(allocatingZeros: [group.count], on: device) : nil)
    }
    self.values = values
  }

  /// Zeros for one group of `count` elements.
  public init(count: Int, on device: Device = .cpu) {
    values = [Tensor(zeros: [count], on: device)]
  }

  /// The gradient of one parameter, which shares its elements with the sums; traps for a parameter
  /// of a group that is not differentiated.
  public subscript(parameter: Parameter) -> Tensor<Float> {
    guard let buffer = values[parameter.group] else {
      requirementFailure("\(parameter.path) is of a group that is not differentiated")
    }
    return buffer.flatSlice(from: parameter.offset, shape: parameter.shape)
  }

  /// Sets every gradient to zero.
  public func reset() {
    for group in values.indices { values[group]?.fill(with: 0) }
  }

  /// Adds `scale` times the gradients of the same groups of the same model.
  public func add(_ other: ParameterGradients, scale: Float = 1) {
    require(
      values.map { $0?.count } == other.values.map { $0?.count },
      "gradients of two different models")
    for (group, gradients) in other.values.enumerated() {
      if let gradients { values[group]?.add(gradients, scale: scale) }
    }
  }

  /// Lets `body` change the sums of a group in place.
  func withValues(ofGroup group: Int, _ body: (inout Tensor<Float>) -> Void) {
    guard var buffer = values[group] else { return }
    values[group] = nil
    body(&buffer)
    values[group] = buffer
  }
}
