import CajalSupport
import CajalTensor

/// What a ``CausalHead`` knows of a pixel before it is decoded, beside the trunk's features.
struct CausalContext: Sendable {
  let ratio: Int
  let channels: Int
  /// Whether inputs are the floors of the means of blocks.
  let hasBlockMeans: Bool

  /// Numbers per pixel.
  var width: Int { Tensor<Float>.causalContextWidth(channels: channels, hasInputs: hasBlockMeans) }

  /// The distance in columns by which a row has to be behind the row above it for a pixel to come
  /// after all that it depends on: it depends on 3 columns to its right in the rows above it, and on
  /// those of its block.
  var slope: Int { max(4, hasBlockMeans ? ratio : 1) }

  /// Rows above a band that its pixels depend on, in whole blocks.
  var rowsAbove: Int { (CausalContextGeometry.radius + ratio - 1) / ratio * ratio }

  /// Pictures of a batch.
  struct Pictures {
    /// `[batch, rows / ratio, columns / ratio, channels]`
    let inputs: Tensor<Float>
    /// The trunk's pictures, `[batch, rows, columns, channels]`.
    let predicted: Tensor<Float>
    /// The targets, or what is decoded of a picture, in the same shape.
    let values: Tensor<Float>
    /// What the window of a pixel shows in place of the values, if anything. What is left of a
    /// block's mean is of the values all the same: it has to be exact for pictures to have the mean.
    var shown: Tensor<Float>?

    /// The trunk's predictions of some pixels, `[pixels, channels]`.
    func predicted(at pixels: Tensor<Int32>) -> Tensor<Float> {
      let channels = predicted.shape[3]
      return predicted.reshaped([predicted.count / channels, channels]).gather(pixels)
    }
  }

  /// The contexts of some pixels, `[pixels, width]`.
  func rows(of pictures: Pictures, at pixels: Tensor<Int32>) -> Tensor<Float> {
    pictures.values.causalContext(
      means: pictures.predicted, inputs: hasBlockMeans ? pictures.inputs : nil, pixels: pixels,
      shown: pictures.shown)
  }

  /// The places of some pixels of pictures with so many columns in their blocks, row by row.
  func placesInBlocks(of pixels: [Int32], columns: Int) -> [Int32] {
    let (columns, ratio) = (Int32(columns), Int32(ratio))
    return pixels.map { pixel in
      // The rows of all pictures are whole blocks, so that pictures need not be told apart.
      pixel / columns % ratio * ratio + pixel % columns % ratio
    }
  }
}

/// Some pixels of a batch of pictures.
struct Pixels {
  /// Their numbers, counted through pictures, rows and columns, `[pixels]`.
  let numbers: Tensor<Int32>
  /// The numbers on the host.
  let hostNumbers: Tensor<Int32>
  /// Their places in their blocks, `[pixels]`.
  let places: Tensor<Int32>
  /// The rows of their features; see ``CausalHead/pixelFeatures(_:_:)``.
  let featureRows: Tensor<Int32>

  init(_ numbers: [Int32], _ network: RestorationNetwork, columns: Int, on device: Device) {
    let context = network.context
    hostNumbers = Tensor(numbers)
    self.numbers = hostNumbers.copied(to: device)
    places = Tensor(context.placesInBlocks(of: numbers, columns: columns), on: device)
    featureRows = Tensor(
      Self.featureRows(of: numbers, columns: columns, factor: network.trunk.factor), on: device)
  }

  /// The rows of pixels in a table that has the pixels of a block of `factor` × `factor` one after
  /// the other: the order before a pixel shuffle.
  static func featureRows(of numbers: [Int32], columns: Int, factor: Int) -> [Int32] {
    let (columns, factor) = (Int32(columns), Int32(factor))
    return numbers.map { number in
      // The rows of all pictures are whole blocks, so that pictures need not be told apart.
      let (row, column) = number.quotientAndRemainder(dividingBy: columns)
      let block = row / factor * (columns / factor) + column / factor
      return (block * factor + row % factor) * factor + column % factor
    }
  }
}
