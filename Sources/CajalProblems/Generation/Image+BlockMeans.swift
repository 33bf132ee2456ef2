import CajalImages
import CajalSupport

extension Image {
  /// The picture made smaller by a whole number: the mean of each block of `factor` × `factor`
  /// values, rounded, halves upward. What is left at the right and at the bottom is cut off.
  ///
  /// Traps unless the picture has a block.
  func blockMeans(factor: Int) -> Image {
    let (columns, rows) = (width / factor, height / factor)
    require(columns > 0 && rows > 0, "a picture has at least one block")
    let area = factor * factor
    var means: [UInt8] = []
    means.reserveCapacity(columns * rows * channels)
    var sums = [Int](repeating: 0, count: columns * channels)
    for row in 0..<rows {
      for index in sums.indices { sums[index] = 0 }
      for y in (row * factor)..<((row + 1) * factor) {
        var source = y * width * channels
        for column in 0..<columns {
          for _ in 0..<factor {
            for channel in 0..<channels {
              sums[column * channels + channel] += Int(pixels[source])
              source += 1
            }
          }
        }
      }
      for sum in sums { means.append(UInt8((sum + area / 2) / area)) }
    }
    return Image(width: columns, height: rows, channels: channels, pixels: means)
  }
}
