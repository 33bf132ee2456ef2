import CajalAutodiff
import CajalLayers
import CajalTensor

/// Convolution residual blocks at the input's resolution; see ``Trunk``.
///
/// `features = last(blocks(first(x))) + first(x)`, each block `x + second(relu(first(x)))`: EDSR
/// (Lim et al. 2017) without its scaling of residuals, which small initial kernels replace.
struct ConvolutionTrunk: Trunk {
  private struct Block {
    let first, second: Convolution2D
  }

  let width: Int
  var looksAtEnlarged: Bool { false }
  private let first, last: Convolution2D
  private let blocks: [Block]

  init(
    _ hyperparameters: RestorationHyperparameters, channels: Int, in builder: inout ParameterBuilder
  ) {
    let width = hyperparameters.trunkWidth
    self.width = width
    // A tenth of the usual standard deviation: blocks start close to the identity.
    let small = Initializer.normal(standardDeviation: 0.1 / Float(9 * width).squareRoot())
    first = Convolution2D("first", inputs: channels, outputs: width, in: &builder)
    blocks = (0..<hyperparameters.trunkBlocks).map { index in
      builder.scope("block_\(index)") {
        Block(
          first: Convolution2D(
            "first", inputs: width, outputs: width, activation: .relu, in: &$0),
          second: Convolution2D(
            "second", inputs: width, outputs: width, initializer: small, in: &$0))
      }
    }
    last = Convolution2D("last", inputs: width, outputs: width, in: &builder)
  }

  /// A tile for each convolution.
  func reach(columns: Int) -> Reach? { reach }

  /// Anywhere: convolutions see as far along columns as along rows.
  var columnDivision: ColumnDivision? { ColumnDivision(reach: reach, width: nil) }

  private var reach: Reach { .convolutions(2 * blocks.count + 2) }

  func features(_ inputs: Variable, code: Variable?, _ pass: ForwardPass) -> Variable {
    let begin = first(inputs, pass).adding(code)
    let x = blocks.reduce(begin) { x, block in
      x + block.second(block.first(x, pass), pass)
    }
    return last(x, pass) + begin
  }
}
