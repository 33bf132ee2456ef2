import CajalSupport
public import CajalAutodiff
public import CajalTensor

/// The state of an optimizer for a parameter group: the number of updates, and the moments as flat
/// buffers laid out like the parameters.
public struct OptimizerState: Sendable {
  /// The rule, schedule and clipping.
  public let optimizer: Optimizer
  /// The parameters: where each is in the flat buffers.
  public let group: ParameterGroup
  /// The number of updates so far.
  public internal(set) var step = 0
  /// Adam's first and second moments, or the momenta, or nothing.
  var moments: [Tensor<Float>]
  let decayedRanges: [Range<Int>]
  let penalizedRanges: [Range<Int>]

  /// The state before the first update: all moments are 0.
  ///
  /// - Parameters:
  ///   - optimizer: The update rule.
  ///   - group: The parameters.
  ///   - device: Where parameters, gradients and moments are.
  /// - Throws: `AllocationError` when the device has no memory for the moments.
  public init(
    _ optimizer: Optimizer, for group: ParameterGroup, on device: Device = .cpu
  ) throws(AllocationError) {
    self.optimizer = optimizer
    self.group = group
    moments = []
    for _ in optimizer.rule.momentNames {
      moments.append(try Tensor(allocatingZeros: [group.count], on: device))
    }
    decayedRanges = group.ranges(where: \.isMatrix)
    penalizedRanges = group.ranges { !$0.isBias }
  }
}

extension OptimizerState {
  /// The moments parameter by parameter, under names such as `adam_m/decoder/…/kernel`, to be
  /// saved. They share their elements with the state.
  public var namedTensors: [(name: String, tensor: Tensor<Float>)] {
    zip(optimizer.rule.momentNames, moments).flatMap { group.named($0 + "/", in: $1) }
  }

  /// Restores the state saved as ``namedTensors`` and ``step``, bit for bit.
  ///
  /// - Parameters:
  ///   - step: The number of updates made.
  ///   - tensor: Finds a saved tensor by its name. If it throws, the error is rethrown and the
  ///     state is unchanged. A tensor of another shape than the parameter's is a programming
  ///     error.
  public mutating func restore(
    step: Int, from tensor: (_ name: String, _ shape: Shape) throws -> Tensor<Float>
  ) rethrows {
    require(step >= 0, "the number of updates is not negative: \(step)")
    moments = try zip(optimizer.rule.momentNames, moments).map { prefix, moment in
      try group.assembled(on: moment.device) { try tensor("\(prefix)/\($0.path)", $0.shape) }
    }
    self.step = step
  }
}

extension Optimizer.Rule {
  /// The names of the moments in a checkpoint.
  var momentNames: [String] {
    switch self {
    case .adam, .adamW: ["adam_m", "adam_v"]
    case .sgd(let momentum, _): momentum > 0 ? ["momentum"] : []
    }
  }
}

extension OptimizerState: CustomStringConvertible, CustomReflectable {
  /// The rule and the number of updates.
  public var description: String { "\(optimizer.rule) after \(step) updates of \(group)" }

  /// The optimizer and the step, without the moments.
  public var customMirror: Mirror {
    Mirror(self, children: ["optimizer": optimizer, "step": step])
  }
}
