public import CajalImages
import CajalTensor

extension Img2ImgTransformer {
  /// Predicts pictures from inputs of the model's size and channels, decoded together.
  ///
  /// - Throws: `PictureSizeError` when a picture has another size or other channels, else as
  ///   `decode(_:decoding:progress:)`.
  public func predict(
    _ inputs: [Image], decoding: Decoding, progress: (@Sendable (Double) -> Void)?
  ) throws -> [Image] {
    for input in inputs { try checkSize(input, channels: input.channels) }
    let batch = Tensor(
      inputs.flatMap(\.pixels), shape: [inputs.count, inputRows, inputColumns, channels])
    let pixels = try decode(batch, decoding: decoding, progress: progress).scalars
    let size = targetLength * targetLength * channels
    return inputs.indices.map { index in
      Image(
        width: targetLength, height: targetLength, channels: channels,
        pixels: Array(pixels[(index * size)..<((index + 1) * size)]))
    }
  }
}

extension Img2ImgTransformer {
  /// Predicts a picture from one input of the model's input size.
  ///
  /// A color model takes a gray picture as equal channels; a gray model takes the luma of a color
  /// picture.
  ///
  /// - Parameters:
  ///   - image: the input.
  ///   - decoding: how the picture is made from the predictions.
  ///   - progress: called with the fraction done, on any thread.
  /// - Throws: ``PictureSizeError`` when the picture has another size, else as
  ///   ``decode(_:decoding:progress:)``.
  public func upsample(
    _ image: Image, decoding: Decoding = .default, progress: (@Sendable (Double) -> Void)? = nil
  ) throws -> Image {
    try checkSize(image, channels: channels)
    let input = image.converted(toChannels: channels)
    let inputs = Tensor(input.pixels, shape: [1, inputRows, inputColumns, channels])
    return Image(
      width: targetLength, height: targetLength, channels: channels,
      pixels: try decode(inputs, decoding: decoding, progress: progress).scalars)
  }

  /// Checks that a picture has the size of an input; `channels` are those that it will have then.
  ///
  /// - Throws: ``PictureSizeError``.
  package func checkSize(_ image: Image, channels: Int) throws {
    guard image.width == inputColumns, image.height == inputRows else {
      throw PictureSizeError(
        description: """
          the picture is \(image.width)×\(image.height) pixels, but the model takes \
          \(inputColumns)×\(inputRows)
          """)
    }
    guard channels == self.channels else {
      throw PictureSizeError(
        description: "the picture has \(channels) channels, but the model takes \(self.channels)")
    }
  }
}
