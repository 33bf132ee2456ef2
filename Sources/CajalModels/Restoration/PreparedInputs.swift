import CajalImages
import CajalSupport
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
    inputs = rows.inputs(0..<rows.height)
    enlarged = rows.enlarged(0..<rows.height)
  }

  /// Pictures of one size as a tensor `[batch, rows, columns, channels]`.
  static func tensor(_ pictures: [Image], _ normalization: PixelNormalization?) -> Tensor<Float> {
    PreparedRows.tensor(pictures.map { PreparedRows.normalized($0, normalization) })
  }
}

/// The rows of inputs, prepared when they are asked for. Bands ask for them from top to bottom,
/// each again for what it has in common with the one before.
struct PreparedRows {
  private let pictures: [Image]
  private let ratio: Int
  /// Rows and columns of each input.
  let height: Int, width: Int
  /// The number of pictures.
  var count: Int { pictures.count }

  /// The rows of pictures of one size.
  init(_ pictures: [Image], _ configuration: RestorationModel.Configuration) {
    self.pictures = pictures.map { Self.normalized($0, configuration.normalization) }
    ratio = configuration.ratio
    (height, width) = (pictures[0].height, pictures[0].width)
  }

  /// Some rows, `[batch, rows, columns, channels]`, normalized.
  func inputs(_ rows: Range<Int>) -> Tensor<Float> {
    let parts = pictures.map {
      $0.cropped(x: 0, y: rows.lowerBound, width: width, height: rows.count)
    }
    return Self.tensor(parts)
  }

  /// What is enlarged of some rows, `[batch, ratio · rows, ratio · columns, channels]`: bicubically,
  /// with edge pixels repeated outwards, and not rounded.
  func enlarged(_ rows: Range<Int>) -> Tensor<Float> {
    let large = (rows.lowerBound * ratio)..<(rows.upperBound * ratio)
    let values = pictures.flatMap {
      $0.resampledRows(
        large, width: width * ratio, height: height * ratio, filter: .bicubicRepeatingEdges)
    }
    return Tensor(
      values, shape: [pictures.count, large.count, width * ratio, pictures[0].channels])
  }

  /// Pictures of one size as a tensor `[batch, rows, columns, channels]`.
  fileprivate static func tensor(_ pictures: [Image]) -> Tensor<Float> {
    let first = pictures[0]
    require(
      pictures.allSatisfy {
        ($0.height, $0.width, $0.channels) == (first.height, first.width, first.channels)
      }, "the pictures of a batch have one size")
    return Tensor(
      pictures.flatMap { $0.pixels.map { Float($0) } },
      shape: [pictures.count, first.height, first.width, first.channels])
  }

  fileprivate static func normalized(
    _ picture: Image, _ normalization: PixelNormalization?
  ) -> Image {
    guard let normalization else { return picture }
    return Image(
      width: picture.width, height: picture.height, channels: picture.channels,
      pixels: normalization.normalized(picture.pixels))
  }
}
