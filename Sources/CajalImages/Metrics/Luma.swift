/// The brightness 0.299 R + 0.587 G + 0.114 B of ITU-R BT.601, in whole thousandths, so that sums
/// are exact.
enum Luma {
  static func thousandths(of pixels: [UInt8], at start: Int, channels: Int) -> Int {
    guard channels == 3 else { return 1000 * Int(pixels[start]) }
    return 299 * Int(pixels[start]) + 587 * Int(pixels[start + 1]) + 114 * Int(pixels[start + 2])
  }
}

extension Image {
  /// The population standard deviation of the luma 0.299 R + 0.587 G + 0.114 B over all pixels, in
  /// 0...127.5. It is exactly 0 where the luma is the same everywhere.
  public var lumaStandardDeviation: Double {
    lumaStandardDeviation(x: 0, y: 0, width: width, height: height)
  }

  /// `lumaStandardDeviation` of the rectangle whose top left pixel is in column `x` and row `y`.
  ///
  /// Traps unless the rectangle has pixels and lies within the image.
  public func lumaStandardDeviation(x: Int, y: Int, width: Int, height: Int) -> Double {
    requireContains(x: x, y: y, width: width, height: height)
    let count = Double(width * height)
    var sum = 0
    forEachLuma(x: x, y: y, width: width, height: height) { sum += $0 }
    let mean = Double(sum) / count
    var squares = 0.0
    forEachLuma(x: x, y: y, width: width, height: height) { luma in
      let deviation = Double(luma) - mean
      squares += deviation * deviation
    }
    return (squares / count).squareRoot() / 1000
  }

  @inline(__always)
  private func forEachLuma(x: Int, y: Int, width: Int, height: Int, _ body: (Int) -> Void) {
    for row in y..<y + height {
      let start = (row * self.width + x) * channels
      for pixel in 0..<width {
        body(Luma.thousandths(of: pixels, at: start + pixel * channels, channels: channels))
      }
    }
  }
}
