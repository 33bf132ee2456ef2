import Cajal

/// A 3 × 3 convolution of pictures: what a layer of one's own looks like.
struct Convolution {
  let kernel, bias: Parameter

  init(_ name: String, from inputs: Int, to outputs: Int, in builder: inout ParameterBuilder) {
    kernel = builder.declare(
      "\(name)/kernel", shape: [3, 3, inputs, outputs], initializer: .uniformUnitScaling(gain: 2))
    bias = builder.declare("\(name)/bias", shape: [outputs], initializer: .constant(0))
  }

  func callAsFunction(_ x: Variable, _ pass: ForwardPass) -> Variable {
    x.convolution2D(pass(kernel), bias: pass(bias), padding: 1)
  }
}

/// A small network that removes noise: it predicts the noise and subtracts it.
struct Denoiser: Model {
  struct Configuration: Codable, Hashable, Sendable { var width = 16 }

  /// Pictures `[batch, rows, columns, 1]`.
  struct Batch: Sendable { let noisy, clean: Tensor<Float> }

  static let kind = "denoiser"
  static let lossUnit = "mean squared error"

  let configuration: Configuration
  let layout: ParameterLayout
  var parameters: ParameterValues
  private let first, second, last: Convolution

  init(configuration: Configuration, on device: Device) throws {
    self.configuration = configuration
    let width = configuration.width
    var builder = ParameterBuilder()
    (first, second) = builder.group("trunk") {
      (
        Convolution("first", from: 1, to: width, in: &$0),
        Convolution("second", from: width, to: width, in: &$0)
      )
    }
    last = builder.group("head") { Convolution("last", from: width, to: 1, in: &$0) }
    layout = builder.layout
    parameters = try layout.initialValues(seed: 1, on: device)
  }

  func restored(_ noisy: Variable, _ pass: ForwardPass) -> Variable {
    let features = second(first(noisy, pass).gelu(), pass).gelu()
    return noisy - last(features, pass)
  }

  func loss(_ batch: Batch, objective: Objective, _ pass: ForwardPass) -> Variable {
    let clean = pass.tape.constant(batch.clean)
    return (restored(pass.tape.constant(batch.noisy), pass) - clean).squared().mean()
  }
}
