import CajalAutodiff
import CajalLayers
import CajalTensor

/// Tells restored pictures from targets, patch by patch (Isola et al. 2017), given the enlarged
/// input.
///
/// Five convolutions with leaky ReLU and two halvings, and one to the judgement, all spectrally
/// normalized. Where pictures are made from codes, a second output tells the code of a picture from
/// the mean features of its patches, without normalization.
struct PatchDiscriminator: Sendable {
  private static let width = 48

  private let layers: [Convolution2D]
  private let output: Convolution2D
  private let code: Dense?

  init(channels: Int, code codeWidth: Int, in builder: inout ParameterBuilder) {
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
    code =
      codeWidth == 0
      ? nil
      : Dense(
        "code", inputs: 2 * width, outputs: codeWidth, initializer: .uniformUnitScaling(gain: 1),
        in: &builder)
  }

  /// The codes that pictures with these features were made from, as far as they show, `[batch,
  /// code]`; `nil` where there are none.
  ///
  /// - Parameter features: Those that ``Judge`` gives.
  func codes(of features: [Variable], _ pass: ForwardPass) -> Variable? {
    guard let code, let last = features.last else { return nil }
    return code(last.mean(axes: [1, 2]), pass)
  }

  /// The judgements of patches, and the features of all layers.
  typealias Opinion = (judgement: Variable, features: [Variable])

  /// The discriminator in a pass.
  func judge(_ pass: ForwardPass) -> Judge {
    Judge(layers: layers.map { Judge.Layer($0, pass) }, output: Judge.Layer(output, pass))
  }

  /// A discriminator whose kernels are normalized once for all pictures of a pass.
  struct Judge {
    fileprivate struct Layer {
      private let kernel, bias: Variable
      private let stride, padding: Int

      init(_ layer: Convolution2D, _ pass: ForwardPass) {
        kernel = pass(layer.kernel).spectrallyNormalized()
        bias = pass(layer.bias)
        (stride, padding) = (layer.stride, layer.padding)
      }

      func callAsFunction(_ x: Variable) -> Variable {
        x.convolution2D(kernel, bias: bias, stride: stride, padding: padding)
      }
    }

    fileprivate let layers: [Layer]
    fileprivate let output: Layer

    /// The judgement of each patch, higher for targets, and the features of all layers.
    ///
    /// - Parameters:
    ///   - pictures: `[batch, rows, columns, channels]`, from 0 to 255.
    ///   - enlarged: The enlarged inputs.
    func callAsFunction(_ pictures: Variable, enlarged: Variable) -> Opinion {
      var x = Variable.concatenate(
        [pictures.scaled(by: 1 / 64, plus: -2), (pictures - enlarged).scaled(by: 1 / 16)], axis: 3)
      var features: [Variable] = []
      for layer in layers {
        x = layer(x).leakyRelu(slope: 0.2)
        features.append(x)
      }
      return (output(x), features)
    }
  }
}
