public import CajalTensor

/// What an optimizer remembers from step to step: how many updates it has made and its moments, each as
/// one flat buffer laid out like the parameters.
public struct OptimizerState: Sendable {
  /// The rule, schedule and clipping.
  public let optimizer: Optimizer
  /// Where each parameter is in the flat buffers.
  public let parameters: [ParameterSlice]
  /// The number of updates so far.
  public private(set) var step = 0
  /// Adam's first and second moments, or the momenta, or nothing.
  var moments: [Tensor<Float>]
  let decayedRanges: [Range<Int>]
  let penalizedRanges: [Range<Int>]
  let count: Int

  /// The state before the first update: all moments are 0.
  ///
  /// - Parameters:
  ///   - optimizer: What the updates will do.
  ///   - parameters: The parameters, which together fill the flat buffer from 0 on, in any order.
  ///   - device: Where parameters, gradients and moments are.
  public init(
    _ optimizer: Optimizer, parameters: [ParameterSlice], on device: Device = .cpu
  ) {
    let whole = parameters.ranges { _ in true }
    precondition(
      whole.count <= 1 && whole.first?.lowerBound ?? 0 == 0,
      "parameters must fill their buffer without gaps and overlaps")
    let count = whole.first?.upperBound ?? 0
    self.optimizer = optimizer
    self.parameters = parameters
    self.count = count
    moments = optimizer.rule.momentNames.map { _ in
      Tensor(repeating: 0, shape: [count], on: device)
    }
    decayedRanges = parameters.ranges(where: \.isMatrix)
    penalizedRanges = parameters.ranges { !$0.isBias }
  }

  /// Counts an update.
  mutating func advance() { step += 1 }
}

extension OptimizerState {
  /// The moments parameter by parameter, under names such as `adam_m/decoder/…/kernel`, to be saved.
  /// They share their elements with the state.
  public var namedTensors: [(name: String, tensor: Tensor<Float>)] {
    zip(optimizer.rule.momentNames, moments).flatMap { prefix, moment in
      parameters.map {
        ("\(prefix)/\($0.name)", moment.flatSlice(from: $0.offset, shape: $0.shape))
      }
    }
  }

  /// Becomes the state that ``namedTensors`` and ``step`` were saved from, bit by bit.
  ///
  /// - Parameters:
  ///   - step: The number of updates made.
  ///   - tensor: Finds a saved tensor by its name; what it throws is passed on, and then this state has
  ///     not changed. A tensor of another shape than the parameter's is a programming error.
  public mutating func restore(
    step: Int, from tensor: (_ name: String, _ shape: Shape) throws -> Tensor<Float>
  ) rethrows {
    precondition(step >= 0, "the number of updates is not negative: \(step)")
    var restored: [Tensor<Float>] = []
    for (prefix, moment) in zip(optimizer.rule.momentNames, moments) {
      let flat = Tensor<Float>(uninitialized: [count], on: moment.device)
      for slice in parameters {
        let part = try tensor("\(prefix)/\(slice.name)", slice.shape)
        precondition(
          part.shape == slice.shape,
          "the saved moment of \(slice.name) has shape \(part.shape), not \(slice.shape)")
        flat.write(part, at: slice.offset)
      }
      restored.append(flat)
    }
    moments = restored
    self.step = step
  }
}

extension Optimizer.Rule {
  /// What the moments are called when they are saved.
  var momentNames: [String] {
    switch self {
    case .adam, .adamW: ["adam_m", "adam_v"]
    case .sgd(let momentum, _): momentum > 0 ? ["momentum"] : []
    }
  }
}

extension Tensor<Float> {
  /// Copies `part` over the elements from `offset` on of a tensor that nobody shares yet.
  fileprivate func write(_ part: Tensor<Float>, at offset: Int) {
    let local = part.copied(to: device)
    withExtendedLifetime((self, local)) {
      device.backend.copy(
        local.unsafePointer, to: unsafeMutablePointer + offset,
        byteCount: local.count * MemoryLayout<Float>.stride)
    }
  }
}
