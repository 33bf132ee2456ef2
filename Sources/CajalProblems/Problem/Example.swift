public import CajalImages

/// What a model is given and what it should make of it.
public struct Example: Sendable {
  /// The picture that the model sees.
  public let input: Image
  /// The picture that it should predict.
  public let target: Image

  /// A pair of pictures.
  public init(input: Image, target: Image) {
    self.input = input
    self.target = target
  }
}

extension Image {
  /// The size of the picture.
  public var shape: PixelShape { PixelShape(height: height, width: width, channels: channels) }
}
