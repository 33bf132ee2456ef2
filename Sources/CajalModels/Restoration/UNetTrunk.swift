import CajalAutodiff
import CajalLayers
import CajalTensor

/// A U-Net on the enlarged input: the generator of pix2pix (Isola et al. 2017) with fewer levels.
///
/// Convolutions of 4 × 4 with stride 2 halve the picture at each level, from `trunkWidth` channels
/// twice as many at each, up to eight times. Going back, each level is doubled and joined with what
/// was on the way down at its size. Differences from pix2pix: nearest enlarging and a convolution of
/// 3 × 3 instead of a transposed convolution, which leaves a checkerboard (Odena et al. 2016);
/// instance normalization, which is what its batch normalization is with pix2pix' batches of one
/// picture; no dropout, since a restoration is not meant to vary.
struct UNetTrunk: Trunk {
  private struct Level {
    let convolution: Convolution2D
    /// None for the first level, as in pix2pix, and for the last, which may have a single position.
    let norm: GroupNorm?
  }

  let width: Int
  var looksAtEnlarged: Bool { true }
  private let down: [Level]
  private let up: [Level]

  init(
    _ hyperparameters: RestorationHyperparameters, channels: Int, in builder: inout ParameterBuilder
  ) {
    let (width, levels) = (hyperparameters.trunkWidth, hyperparameters.trunkBlocks)
    self.width = width
    let widths = (0..<levels).map { width * min(1 << $0, 8) }
    func norm(_ channels: Int, _ builder: inout ParameterBuilder) -> GroupNorm {
      GroupNorm("norm", channels: channels, groups: channels, in: &builder)
    }
    down = widths.enumerated().map { level, outputs in
      builder.scope("down_\(level)") {
        Level(
          convolution: Convolution2D(
            "convolution", inputs: level == 0 ? channels : widths[level - 1], outputs: outputs,
            window: 4, stride: 2, padding: 1, in: &$0),
          norm: level == 0 || level == levels - 1 ? nil : norm(outputs, &$0))
      }
    }
    up = widths.indices.reversed().map { level in
      // All but the lowest level are joined with what was there on the way down.
      let inputs = level == levels - 1 ? widths[level] : 2 * widths[level]
      let outputs = level == 0 ? width : widths[level - 1]
      return builder.scope("up_\(level)") {
        Level(
          convolution: Convolution2D("convolution", inputs: inputs, outputs: outputs, in: &$0),
          norm: norm(outputs, &$0))
      }
    }
  }

  /// Normalization is over the whole picture.
  func reach(columns: Int) -> Reach? { nil }

  /// Nowhere, for the same reason.
  var columnDivision: ColumnDivision? { nil }

  func features(_ pictures: Variable, code: Variable?, _ pass: ForwardPass) -> Variable {
    let (rows, columns) = (pictures.shape[1], pictures.shape[2])
    var x = padded(pictures)
    var kept: [Variable] = []
    for (index, level) in down.enumerated() {
      x =
        index == 0
        ? level.convolution(x, pass).adding(code)
        : level.convolution(x.leakyRelu(slope: 0.2), pass)
      if let norm = level.norm { x = norm(x, pass) }
      kept.append(x)
    }
    for (index, level) in up.enumerated() {
      if index > 0 { x = x.concatenated(with: kept[down.count - 1 - index], axis: 3) }
      x = level.convolution(x.relu().upsampledNearest(factor: 2), pass)
      if let norm = level.norm { x = norm(x, pass) }
    }
    return x.relu().sliced(0..<rows, axis: 1).sliced(0..<columns, axis: 2)
  }

  /// Zeros below and to the right, so that the picture can be halved at every level.
  private func padded(_ pictures: Variable) -> Variable {
    let multiple = 1 << down.count
    func missing(_ extent: Int) -> Int { (multiple - extent % multiple) % multiple }
    let (rows, columns) = (missing(pictures.shape[1]), missing(pictures.shape[2]))
    guard rows + columns > 0 else { return pictures }
    return pictures.padded([(0, 0), (0, rows), (0, columns), (0, 0)])
  }
}
