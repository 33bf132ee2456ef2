import CajalImages
import CajalTensor

/// Inputs as a model sees them.
struct PreparedInputs {
  /// `[batch, rows, columns, channels]`, normalized.
  let inputs: Tensor<Float>
  /// Enlarged bicubically, with edge pixels repeated outwards, and not rounded.
  let enlarged: Tensor<Float>

  /// Prepares pictures of one size.
  init(_ pictures: [Image], _ configuration: RestorationModel.Configuration) {
    let rows = PreparedRows(pictures, configuration)
    let all = Region(rows: 0..<rows.height, columns: 0..<rows.width)
    inputs = rows.inputs(all)
    enlarged = rows.enlarged(all)
  }

  /// Pictures of one size as a tensor `[batch, rows, columns, channels]`.
  static func tensor(_ pictures: [Image], _ normalization: PixelNormalization?) -> Tensor<Float> {
    PreparedRows.tensor(pictures.map { PreparedRows.normalized($0, normalization) })
  }
}
