import CajalImages

/// EXIF data with an orientation, and files that carry it.
struct TestEXIF {
  var orientation: Int
  var isBigEndian = true
  /// 3 is a number of 16 bits, 4 one of 32.
  var type = 3
  var count = 1
  /// Where the directory is; other data come between.
  var directory = 8

  /// Pixels per unit as fractions, and the unit: 2 is an inch, 3 a centimeter.
  var resolution: (columns: (Int, Int), rows: (Int, Int), unit: Int)?

  /// The data from the byte order on, with a directory of two entries, and three more for a
  /// resolution.
  var bytes: [UInt8] {
    var bytes = isBigEndian ? Array("MM\0*".utf8) : Array("II*\0".utf8)
    bytes += number(directory, 4) + [UInt8](repeating: 0xAB, count: directory - 8)
    bytes += number(resolution == nil ? 2 : 5, 2)
    // The number of bits, which no reader looks at here.
    bytes += number(0x0102, 2) + number(3, 2) + number(1, 4) + number(8, 2) + [0, 0]
    bytes += number(0x0112, 2) + number(type, 2) + number(count, 4)
    bytes += type == 3 ? number(orientation, 2) + [0, 0] : number(orientation, 4)
    guard let resolution else { return bytes + number(0, 4) }
    let fractions = directory + 2 + 5 * 12 + 4
    bytes += number(0x011A, 2) + number(5, 2) + number(1, 4) + number(fractions, 4)
    bytes += number(0x011B, 2) + number(5, 2) + number(1, 4) + number(fractions + 8, 4)
    bytes += number(0x0128, 2) + number(3, 2) + number(1, 4) + number(resolution.unit, 2) + [0, 0]
    bytes += number(0, 4)
    for (numerator, denominator) in [resolution.columns, resolution.rows] {
      bytes += number(numerator, 4) + number(denominator, 4)
    }
    return bytes
  }

  private func number(_ value: Int, _ size: Int) -> [UInt8] {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return isBigEndian ? bytes.reversed() : bytes
  }

  /// Where a PNG file has a chunk.
  enum Place: CaseIterable {
    case beforePixels
    case afterPixels
  }

  /// A PNG file with an `eXIf` chunk of these data.
  static func png(_ png: [UInt8], exif: [UInt8], _ place: Place = .beforePixels) -> [UInt8] {
    // The header chunk ends at byte 33, and the last 12 are the end chunk.
    let split = place == .beforePixels ? 33 : png.count - 12
    return png[..<split] + TestPNG.chunk("eXIf", exif) + png[split...]
  }

  /// A JPEG file with an APP1 marker of these data, before all its other markers.
  static func jpeg(_ jpeg: [UInt8], exif: [UInt8]) -> [UInt8] {
    jpeg[..<2] + app1(Array("Exif\0\0".utf8) + exif) + jpeg[2...]
  }

  /// An APP1 marker.
  static func app1(_ content: [UInt8]) -> [UInt8] {
    let length = content.count + 2
    return [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + content
  }

  /// The picture that a camera stores with an orientation: EXIF 2.3 says on which side of the
  /// upright picture its first row and its first column are.
  static func stored(_ upright: Image, orientation: Int) -> Image {
    let (right, bottom) = (upright.width - 1, upright.height - 1)
    let swaps = orientation >= 5
    var stored = Image(
      width: swaps ? upright.height : upright.width, height: swaps ? upright.width : upright.height,
      channels: upright.channels)
    for row in 0..<stored.height {
      for column in 0..<stored.width {
        let (x, y) =
          switch orientation {
          case 2: (right - column, row)  // top, right
          case 3: (right - column, bottom - row)  // bottom, right
          case 4: (column, bottom - row)  // bottom, left
          case 5: (row, column)  // left, top
          case 6: (right - row, column)  // right, top
          case 7: (right - row, bottom - column)  // right, bottom
          case 8: (row, bottom - column)  // left, bottom
          default: (column, row)
          }
        for channel in 0..<upright.channels {
          stored[column, row, channel] = upright[x, y, channel]
        }
      }
    }
    return stored
  }
}
