import CajalAutodiff
import CajalLayers
import CajalTensor

/// Tells restored pictures from targets, patch by patch (Isola et al. 2017), given the enlarged
/// input.
///
/// Five convolutions with leaky ReLU and two halvings, whose kernels are divided by their largest
/// singular value (Miyato et al. 2018). That is estimated anew at each step by power iterations from
/// a fixed vector, so that there is no state to keep beside the weights.
struct PatchDiscriminator: Sendable {
  private static let width = 48
  private static let powerIterations = 4

  private let layers: [Convolution2D]
  private let output: Convolution2D

  init(channels: Int, in builder: inout ParameterBuilder) {
    let width = Self.width
    let shapes = [
      (2 * channels, width, 3, 1), (width, width, 4, 2), (width, 2 * width, 3, 1),
      (2 * width, 2 * width, 4, 2), (2 * width, 2 * width, 3, 1),
    ]
    layers = shapes.enumerated().map { index, shape in
      Convolution2D(
        "convolution_\(index)", inputs: shape.0, outputs: shape.1, window: shape.2,
        stride: shape.3, padding: 1, in: &builder)
    }
    output = Convolution2D("output", inputs: 2 * width, outputs: 1, window: 1, in: &builder)
  }

  /// The judgement of each patch, higher for targets, and the features of all layers.
  ///
  /// - Parameters:
  ///   - pictures: `[batch, rows, columns, channels]`, from 0 to 255.
  ///   - enlarged: the enlarged inputs.
  ///   - pass: the pass.
  func callAsFunction(
    _ pictures: Variable, enlarged: Variable, _ pass: ForwardPass
  ) -> (judgement: Variable, features: [Variable]) {
    var x = Variable.concatenate(
      [pictures.scaled(by: 1 / 64, plus: -2), (pictures - enlarged).scaled(by: 1 / 16)], axis: 3)
    var features: [Variable] = []
    for layer in layers {
      x = convolution(layer, x, pass).leakyRelu(slope: 0.2)
      features.append(x)
    }
    return (convolution(output, x, pass), features)
  }

  private func convolution(_ layer: Convolution2D, _ x: Variable, _ pass: ForwardPass) -> Variable {
    let kernel = pass(layer.kernel)
    return x.convolution2D(
      kernel / largestSingularValue(kernel), bias: pass(layer.bias), stride: layer.stride,
      padding: layer.padding)
  }

  /// The largest singular value of a kernel as a matrix `[window · inputs, outputs]`. Its singular
  /// vectors are constants, as they are to first order.
  private func largestSingularValue(_ kernel: Variable) -> Variable {
    let outputs = kernel.shape[3]
    let matrix = kernel.reshaped([kernel.value.count / outputs, outputs])
    let values = matrix.value
    var right = Tensor<Float>(repeating: 1, shape: [outputs, 1], on: values.device)
    var left = values.matmul(right)
    for _ in 0..<Self.powerIterations {
      right = Self.normalized(values.transposed().matmul(left))
      left = Self.normalized(values.matmul(right))
    }
    let tape = kernel.tape
    return (tape.constant(left).transposed().matmul(matrix).matmul(tape.constant(right)))
      .reshaped([1])
  }

  private static func normalized(_ vector: Tensor<Float>) -> Tensor<Float> {
    vector / ((vector * vector).sum().sqrt() + 1e-12)
  }
}
