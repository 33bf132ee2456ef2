/// The sizes and channels of the pictures that a model takes and makes.
public enum PictureShapes: Sendable, Hashable {
  /// Inputs of one size and targets of one size.
  case fixed(input: PixelShape, target: PixelShape)
  /// Inputs of any size, and targets with `ratio` times as many rows and columns.
  case anySize(ratio: Int, channels: Int)

  /// Whether a model of these shapes goes from inputs to targets of other shapes.
  public func fit(input: PixelShape, target: PixelShape) -> Bool {
    switch self {
    case .fixed(let ownInput, let ownTarget): input == ownInput && target == ownTarget
    case .anySize(let ratio, let channels):
      target.height == ratio * input.height && target.width == ratio * input.width
        && input.channels == channels && target.channels == channels
    }
  }
}

extension PictureShapes: CustomStringConvertible {
  /// In words that follow "from": `8 x 8 x 3 to 32 x 32 x 3`, or `any size to 4 times as large,
  /// with 3 channels`.
  public var description: String {
    switch self {
    case .fixed(let input, let target): "\(input) to \(target)"
    case .anySize(let ratio, let channels):
      "any size to \(ratio) times as large, with \(channels) \(channels == 1 ? "channel" : "channels")"
    }
  }
}
