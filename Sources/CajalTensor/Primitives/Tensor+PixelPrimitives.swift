import CajalSupport

// Distributions of pixels, and what is known of a pixel before it is decoded.

extension Tensor<Float> {
  /// The negative log-likelihood in nats of each pixel's `values` under these parameters
  /// `[..., width]`, and its gradient with respect to them where `withGradient`.
  ///
  /// - Parameters:
  ///   - values: `[..., channels]`, each in `0 ..< levels`, else this traps.
  ///   - locations: what means are relative to, `[..., channels]`.
  /// - Returns: losses `[...]`, and the gradient of each row's loss in the parameters' shape.
  package func logisticMixtureLosses(
    values: Tensor<Int32>, locations: Tensor, _ geometry: LogisticMixtureGeometry,
    withGradient: Bool
  ) -> (losses: Tensor, gradient: Tensor?) {
    let pixels = shape.replacingLast(with: geometry.channels)
    require(
      shape[-1] == geometry.width && values.shape == pixels && locations.shape == pixels,
      """
      parameters of \(shape) are not \(geometry.width) for each pixel of values \(values.shape) \
      and locations \(locations.shape)
      """)
    requireSameDevice(values)
    requireSameDevice(locations)
    values.requireElements(in: 0..<geometry.levels, name: "value")
    let losses = Tensor(uninitialized: Shape(Array(shape.dimensions.dropLast())), on: device)
    let gradient = withGradient ? Tensor(uninitialized: shape, on: device) : nil
    device.backend.logisticMixture(
      parameters: buffer, values: values.buffer, locations: locations.buffer, losses.buffer,
      gradient: gradient?.buffer, rows: losses.count, geometry)
    return (losses, gradient)
  }

  /// What is known of pixels of these targets `[images, rows, columns, channels]` before they are
  /// decoded: the inputs of a causal head.
  ///
  /// Each row describes one pixel: the residuals `(target - mean) / 16` of the 24 pixels before it
  /// in a window of 7 × 7 (zero outside of the picture; raster order, channels innermost), a mask
  /// of those 24 that are in the picture, and its own `mean / 128 - 1`. With `inputs`, the floored
  /// means of blocks of ratio × ratio pixels, it also has what is left of the block's sum: per
  /// pixel still to come and over 16 before the mean, and over `4 · ratio²` after it. Of the
  /// targets only pixels above, and to the left in the same row, are read, all of which have a
  /// smaller `x + s · y` for `s = max(4, ratio)`: a picture decoded so far gives the same bits as the
  /// whole one, on every device.
  ///
  /// - Parameters:
  ///   - means: the expected pictures, of the targets' shape.
  ///   - inputs: `[images, rows / ratio, columns / ratio, channels]` for a ratio of 1 to 8, or
  ///     `nil` where nothing is known of sums.
  ///   - pixels: pixels counted through images, rows and columns, `[n]`; others than those of the
  ///     pictures trap.
  ///   - shown: what the neighbors are instead of those of the targets, of their shape. What is left
  ///     of a block's sum is of the targets all the same.
  /// - Returns: `[n, causalContextWidth]`; see ``causalContextWidth(channels:hasInputs:)``.
  public func causalContext(
    means: Tensor, inputs: Tensor?, pixels: Tensor<Int32>, shown: Tensor? = nil
  ) -> Tensor {
    requireSameForm(means)
    if let shown { requireSameForm(shown) }
    require(
      rank == 4 && (inputs?.rank ?? 4) == 4 && pixels.rank == 1,
      "pictures are [images, rows, columns, channels] and pixels [n], not \(shape)")
    let geometry = CausalContextGeometry(
      images: shape[0], rows: shape[1], columns: shape[2], channels: shape[3],
      ratio: inputs.map { $0.shape[1] == 0 ? 1 : shape[1] / $0.shape[1] })
    if let inputs, let ratio = geometry.ratio {
      let expected: Shape = [shape[0], shape[1] / ratio, shape[2] / ratio, shape[3]]
      require(
        inputs.shape == expected, "inputs of \(inputs.shape) have no targets of \(shape)")
      requireSameDevice(inputs)
    }
    requireSameDevice(pixels)
    pixels.requireElements(in: 0..<geometry.pixelCount, name: "pixel")
    let result = Tensor(uninitialized: [pixels.count, geometry.width], on: device)
    device.backend.causalContext(
      targets: buffer, shown: shown?.buffer, means: means.buffer, inputs: inputs?.buffer,
      pixels: pixels.buffer, result.buffer, count: pixels.count, geometry)
    return result
  }

  /// Numbers per pixel that ``causalContext(means:inputs:pixels:shown:)`` gives.
  ///
  /// - Precondition: `channels` is 1 to 3.
  public static func causalContextWidth(channels: Int, hasInputs: Bool) -> Int {
    CausalContextGeometry(
      images: 1, rows: 1, columns: 1, channels: channels, ratio: hasInputs ? 1 : nil
    ).width
  }
}

extension Tensor<Int32> {
  /// The rows that pixels have before a pixel shuffle: where pictures
  /// `[images, rows / factor, columns / factor, factor² · features]` are seen as
  /// `[images · rows · columns, features]`, the row of each of these pixels of the shuffled picture
  /// `[images, rows, columns, features]`.
  ///
  /// Gathering those rows gives the features of some pixels without shuffling all. Computed on the
  /// host, so meant for making batches. Pixels count through images, rows and columns.
  ///
  /// - Precondition: the factor divides rows and columns; pixels are not negative.
  public func rowsBeforePixelShuffle(rows: Int, columns: Int, factor: Int) -> Tensor {
    require(
      factor > 0 && rows > 0 && columns > 0 && rows % factor == 0 && columns % factor == 0,
      "blocks of \(factor) do not fill pictures of \(rows) by \(columns)")
    let places = scalars.map { pixel -> Int32 in
      require(pixel >= 0, "there is no pixel \(pixel)")
      let (line, x) = Int(pixel).quotientAndRemainder(dividingBy: columns)
      // Rows of images are multiples of the factor, so that they divide as one column of rows.
      let block = line / factor * (columns / factor) + x / factor
      return Int32(block * factor * factor + line % factor * factor + x % factor)
    }
    return Tensor(places, shape: shape, on: device)
  }
}
