import CajalSupport
public import CajalImages

extension Image {
  /// The picture made smaller: each value is the mean over the area that the pixel covers,
  /// **truncated** to an integer.
  ///
  /// Exact in integers for any ratio of sizes: along an axis of `n` old and `m` new pixels, every
  /// old one is `m` units long and every new one `n`, and a value weighs as many units as the two
  /// overlap. For whole ratios it is the floor of the mean of each block, like TensorFlow's
  /// `resize_area` cast to an integer.
  ///
  /// - Precondition: the new size is positive and not larger than the old one.
  public func areaReduced(width newWidth: Int, height newHeight: Int) -> Image {
    require(
      newWidth > 0 && newHeight > 0 && newWidth <= width && newHeight <= height,
      "cannot reduce \(width) x \(height) pixels to \(newWidth) x \(newHeight)")
    let columns = overlaps(from: width, to: newWidth)
    let rows = overlaps(from: height, to: newHeight)
    let area = width * height
    var result = [UInt8](repeating: 0, count: newWidth * newHeight * channels)
    pixels.withUnsafeBufferPointer { source in
      var index = 0
      for row in rows {
        for column in columns {
          for channel in 0..<channels {
            var sum = 0
            for y in row {
              for x in column {
                let value = source[(y.source * width + x.source) * channels + channel]
                sum += Int(value) * y.weight * x.weight
              }
            }
            result[index] = UInt8(sum / area)
            index += 1
          }
        }
      }
    }
    return Image(width: newWidth, height: newHeight, channels: channels, pixels: result)
  }
}

/// For each new pixel the old ones that it covers, with the length of the overlap.
private func overlaps(from old: Int, to new: Int) -> [[(source: Int, weight: Int)]] {
  (0..<new).map { index in
    let start = index * old
    let end = start + old
    return (start / new...(end - 1) / new).map { source in
      (source, min(end, (source + 1) * new) - max(start, source * new))
    }
  }
}
