import CajalSupport

extension Image {
  /// The rectangle whose top left pixel is in column `x` and row `y`.
  ///
  /// Traps unless the rectangle has pixels and lies within the image.
  public func cropped(x: Int, y: Int, width: Int, height: Int) -> Image {
    requireContains(x: x, y: y, width: width, height: height)
    var cropped: [UInt8] = []
    cropped.reserveCapacity(width * height * channels)
    for row in y..<y + height {
      let start = (row * self.width + x) * channels
      cropped.append(contentsOf: pixels[start..<start + width * channels])
    }
    return Image(width: width, height: height, channels: channels, pixels: cropped)
  }

  /// The picture in gray (1) or color (3).
  ///
  /// Gray is the luma 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), rounded, halves upward; color
  /// from gray repeats the value. Traps unless `count` is 1 or 3.
  public func converted(toChannels count: Int) -> Image {
    require(count == 1 || count == 3, "An image has 1 or 3 channels.")
    if count == channels { return self }
    let converted =
      if count == 3 {
        pixels.flatMap { [$0, $0, $0] }
      } else {
        [UInt8](unsafeUninitializedCapacity: width * height) { buffer, initializedCount in
          for pixel in 0..<width * height {
            let thousandths = Luma.thousandths(of: pixels, at: pixel * 3, channels: 3)
            buffer[pixel] = UInt8((thousandths + 500) / 1000)
          }
          initializedCount = width * height
        }
      }
    return Image(width: width, height: height, channels: count, pixels: converted)
  }

  /// The picture made smaller by an integer factor: each value is the mean of a block of `factor` ×
  /// `factor` values, **truncated** to an integer, like TensorFlow's area resize followed by a cast
  /// to integers.
  ///
  /// Traps unless `factor` is positive and divides both sides.
  public func averaged(factor: Int) -> Image {
    require(factor > 0, "The factor of an average is positive.")
    require(
      width.isMultiple(of: factor) && height.isMultiple(of: factor),
      "The factor of an average divides the sides of the image.")
    let (outWidth, outHeight) = (width / factor, height / factor)
    let rowLength = width * channels
    let averaged = [UInt8](unsafeUninitializedCapacity: outWidth * outHeight * channels) {
      buffer, initializedCount in
      var sums = [Int](repeating: 0, count: outWidth * channels)
      for outRow in 0..<outHeight {
        for index in sums.indices { sums[index] = 0 }
        for row in outRow * factor..<(outRow + 1) * factor {
          for x in 0..<width {
            let (source, sum) = (row * rowLength + x * channels, x / factor * channels)
            for channel in 0..<channels { sums[sum + channel] += Int(pixels[source + channel]) }
          }
        }
        for (index, sum) in sums.enumerated() {
          buffer[outRow * sums.count + index] = UInt8(sum / (factor * factor))
        }
      }
      initializedCount = outWidth * outHeight * channels
    }
    return Image(width: outWidth, height: outHeight, channels: channels, pixels: averaged)
  }

  func requireContains(x: Int, y: Int, width: Int, height: Int) {
    require(
      width > 0 && height > 0 && x >= 0 && y >= 0 && x <= self.width - width
        && y <= self.height - height,
      "The rectangle has pixels and lies within the image.")
  }
}
