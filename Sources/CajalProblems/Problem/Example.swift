public import CajalImages

/// An input and its target.
public struct Example: Sendable {
  /// The input of the model.
  public let input: Image
  /// The target.
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
