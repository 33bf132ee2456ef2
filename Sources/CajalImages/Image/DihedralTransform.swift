/// One of the eight ways to turn and mirror a square onto itself: the dihedral group of order 8.
public enum DihedralTransform: Int, CaseIterable, Sendable, Hashable {
  /// Leaves the picture as it is.
  case identity
  /// Turns by a quarter, counter-clockwise.
  case rotated90
  /// Turns by a half.
  case rotated180
  /// Turns by three quarters counter-clockwise, which is a quarter clockwise.
  case rotated270
  /// Swaps left and right.
  case mirrored
  /// Swaps top and bottom.
  case flipped
  /// Swaps rows and columns, mirroring at the diagonal from the top left.
  case transposed
  /// Mirrors at the diagonal from the top right.
  case antitransposed

  /// The transform that undoes this one.
  public var inverse: DihedralTransform {
    switch self {
    case .rotated90: .rotated270
    case .rotated270: .rotated90
    default: self
    }
  }

  /// Whether the width and the height are swapped.
  public var swapsSides: Bool {
    switch self {
    case .rotated90, .rotated270, .transposed, .antitransposed: true
    case .identity, .rotated180, .mirrored, .flipped: false
    }
  }

  /// The values of a picture, `[height, width, channels]`, turned or mirrored.
  func applied<Value>(to values: [Value], width: Int, height: Int, channels: Int) -> [Value] {
    if self == .identity { return values }
    let (outWidth, outHeight) = swapsSides ? (height, width) : (width, height)
    return values.withUnsafeBufferPointer { values in
      [Value](unsafeUninitializedCapacity: values.count) { buffer, count in
        for y in 0..<outHeight {
          for x in 0..<outWidth {
            let source = source(x: x, y: y, maxX: width - 1, maxY: height - 1)
            let start = (source.y * width + source.x) * channels
            for channel in 0..<channels {
              buffer.initializeElement(at: count, to: values[start + channel])
              count += 1
            }
          }
        }
      }
    }
  }

  /// The transform that makes a picture with an EXIF orientation upright; the identity for an
  /// invalid number.
  init(uprightingOrientation orientation: Int) {
    let transforms: [DihedralTransform] = [
      .identity, .mirrored, .rotated180, .flipped, .transposed, .rotated270, .antitransposed,
      .rotated90,
    ]
    self = transforms.indices.contains(orientation - 1) ? transforms[orientation - 1] : .identity
  }

  /// The pixel of the source that lands in column `x` and row `y`, for a source whose last column
  /// and row are `maxX` and `maxY`.
  func source(x: Int, y: Int, maxX: Int, maxY: Int) -> (x: Int, y: Int) {
    switch self {
    case .identity: (x, y)
    case .rotated90: (maxX - y, x)
    case .rotated180: (maxX - x, maxY - y)
    case .rotated270: (y, maxY - x)
    case .mirrored: (maxX - x, y)
    case .flipped: (x, maxY - y)
    case .transposed: (y, x)
    case .antitransposed: (maxX - y, maxY - x)
    }
  }
}

extension Image {
  /// The picture turned or mirrored.
  public func transformed(by transform: DihedralTransform) -> Image {
    let (outWidth, outHeight) = transform.swapsSides ? (height, width) : (width, height)
    return Image(
      width: outWidth, height: outHeight, channels: channels,
      pixels: transform.applied(to: pixels, width: width, height: height, channels: channels))
  }
}
