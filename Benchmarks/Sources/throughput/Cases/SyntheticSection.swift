import Cajal

/// The file of a section of any size, made of synthetic tissue.
///
/// Four painted squares in their eight orientations alternate in an order without a period, so that
/// no two neighborhoods are alike and the file is about as large as that of a real section of as
/// many cells. Memory use does not grow with the picture's height.
struct SyntheticSection {
  /// The columns and rows.
  let width: Int, height: Int

  private static let side = 512

  /// Writes PNG or JPEG, as the path's extension says.
  func write(to path: String) throws {
    let squares = (0..<4 as Range<UInt64>).flatMap { seed in
      let square = SyntheticTissue.section(seed: seed, width: Self.side, height: Self.side)
      return DihedralTransform.allCases.map { square.transformed(by: $0) }
    }
    var random = RandomStream(RandomKey(seed: 1, stream: 98))
    try ImageWriter.write(to: path, width: width, height: height, channels: 3) { writer in
      while writer.nextRow < height {
        let line = (0...(width / Self.side)).map { _ in
          squares[Int.random(in: squares.indices, using: &random)]
        }
        for row in 0..<min(Self.side, height - writer.nextRow) {
          try writer.append(self.row(row, of: line))
        }
      }
    }
  }

  /// A row of pixels through squares side by side.
  private func row(_ row: Int, of squares: [Image]) -> Image {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * width)
    let stride = 3 * Self.side
    for square in squares {
      let count = min(stride, 3 * width - pixels.count)
      pixels += square.pixels[(row * stride)..<(row * stride + count)]
    }
    return Image(width: width, height: 1, channels: 3, pixels: pixels)
  }
}
