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
