import CajalSupport
import Foundation

public import CajalAutodiff
public import CajalTensor

/// A position encoding of a plane: sinusoids, or one learned table per axis.
public struct PositionSignal: Sendable {
  private enum Kind: Sendable {
    case timing(Tensor<Float>)
    case learned(axes: [Parameter], indices: [Tensor<Int32>])
  }

  private let kind: Kind
  private let width: Int

  /// Fixed sinusoids (Vaswani et al. 2017, in tensor2tensor's form for two axes).
  ///
  /// With `T = width / 4` and `inverse[j] = exp(-j · ln 10,000 / (T - 1))`: row r adds `sin(r ·
  /// inverse[j])` to channel j and the cosine to channel T + j; the column does likewise from
  /// channel 2T on. The last `width - 4T` channels get nothing.
  ///
  /// - Parameters:
  ///   - width: the number of channels.
  ///   - columns: the number of columns of the plane.
  ///   - order: the plane position of each position of the sequence.
  ///   - device: where the signal is kept.
  public init(timing width: Int, columns: Int, order: [Int], on device: Device = .cpu) {
    let timescales = width / 4
    let increment = log(10_000) / Double(max(timescales - 1, 1))
    var signal = [Float](repeating: 0, count: order.count * width)
    for (position, plane) in order.enumerated() {
      for (axis, coordinate) in [plane / columns, plane % columns].enumerated() {
        for j in 0..<timescales {
          // Rounded where tensor2tensor rounds: the angle is a product in float32.
          let angle = Double(Float(coordinate) * Float(exp(-Double(j) * increment)))
          let channel = position * width + 2 * axis * timescales + j
          signal[channel] = Float(sin(angle))
          signal[channel + timescales] = Float(cos(angle))
        }
      }
    }
    kind = .timing(Tensor(signal, shape: [order.count, width], on: device))
    self.width = width
  }

  /// A learned vector for each row and one for each column, tables of `maximumLength` rows named
  /// `name/name_0` and `name/name_1`, times the square root of the width. Traps when the plane is
  /// larger.
  public init(
    learned name: String, width: Int, maximumLength: Int, columns: Int, order: [Int],
    on device: Device = .cpu, in builder: inout ParameterBuilder
  ) {
    require(
      order.allSatisfy { $0 / columns < maximumLength && $0 % columns < maximumLength && $0 >= 0 },
      "\(maximumLength) learned positions are not enough for a plane of \(columns) columns")
    let standardDeviation = 1 / Float(width).squareRoot()
    let shapes: [Shape] = [[1, maximumLength, 1, width], [1, 1, maximumLength, width]]
    let axes = builder.scope(name) { builder in
      shapes.enumerated().map { axis, shape in
        builder.declare(
          "\(name)_\(axis)", shape: shape,
          initializer: .normal(standardDeviation: standardDeviation))
      }
    }
    let indices = [order.map { Int32($0 / columns) }, order.map { Int32($0 % columns) }]
    kind = .learned(axes: axes, indices: indices.map { Tensor($0, on: device) })
    self.width = width
  }

  /// Adds the signal to `x` `[batch, positions, width]`.
  public func callAsFunction(_ x: Variable, _ pass: ForwardPass) -> Variable {
    pass.tape.sum([.elements(of: x)] + terms(pass))
  }

  /// The signal as terms of a sum of `[batch, positions, width]`. It is copied at each call if it
  /// is on another device than the parameters.
  public func terms(_ pass: ForwardPass) -> [RowTerm] {
    let device = pass.parameters.device
    switch kind {
    case .timing(let signal): return [.elements(of: pass.tape.constant(signal.copied(to: device)))]
    case .learned(let axes, let indices):
      return zip(axes, indices).map { axis, indices in
        let table = pass(axis).reshaped([axis.shape.count / width, width])
        let rows = table.gatherRows(
          indices.copied(to: device), scale: Float(width).squareRoot())
        return .elements(of: rows)
      }
    }
  }

  /// The signal itself, `[positions, width]`.
  public func values(_ pass: ForwardPass) -> Tensor<Float> {
    let device = pass.parameters.device
    let count: Int
    switch kind {
    case .timing(let signal): return signal.copied(to: device)
    case .learned(_, let indices): count = indices[0].count
    }
    let zeros = Tensor<Float>(zeros: [1, count, width], on: device)
    return self(pass.tape.constant(zeros), pass).value.reshaped([count, width])
  }
}
