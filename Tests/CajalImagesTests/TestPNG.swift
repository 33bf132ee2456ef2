/// Writes PNG files of every color type, bit depth and interlacing from raw samples, which the
/// library itself does not write. The compressed stream consists of stored blocks.
struct TestPNG {
  enum ColorType: UInt8, CaseIterable {
    case gray = 0
    case rgb = 2
    case palette = 3
    case grayAlpha = 4
    case rgba = 6

    var samples: Int {
      switch self {
      case .gray, .palette: 1
      case .grayAlpha: 2
      case .rgb: 3
      case .rgba: 4
      }
    }

    var bitDepths: [Int] {
      switch self {
      case .gray: [1, 2, 4, 8, 16]
      case .palette: [1, 2, 4, 8]
      case .rgb, .grayAlpha, .rgba: [8, 16]
      }
    }
  }

  var width: Int
  var height: Int
  var colorType: ColorType
  var bitDepth: Int
  var isInterlaced = false
  /// `[height, width, samples]`.
  var samples: [Int]
  /// Red, green, blue triples.
  var palette: [UInt8] = []
  /// The bytes of the `tRNS` chunk.
  var transparency: [UInt8] = []

  func encoded() -> [UInt8] {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    bytes += Self.chunk(
      "IHDR",
      Self.bigEndian(width) + Self.bigEndian(height)
        + [UInt8(bitDepth), colorType.rawValue, 0, 0, isInterlaced ? 1 : 0])
    if !palette.isEmpty { bytes += Self.chunk("PLTE", palette) }
    if !transparency.isEmpty { bytes += Self.chunk("tRNS", transparency) }
    // Two chunks, as a stream may be cut anywhere.
    let stream = Self.zlibStored(scanlines())
    let middle = stream.count / 2
    bytes += Self.chunk("IDAT", Array(stream[..<middle]))
    bytes += Self.chunk("IDAT", Array(stream[middle...]))
    return bytes + Self.chunk("IEND", [])
  }

  private func scanlines() -> [UInt8] {
    // Adam7: first column, first row, column step, row step of each pass.
    let passes =
      isInterlaced
      ? [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
        (0, 1, 1, 2),
      ] : [(0, 0, 1, 1)]
    var bytes: [UInt8] = []
    for (x0, y0, dx, dy) in passes where x0 < width {
      for y in stride(from: y0, to: height, by: dy) {
        bytes.append(0)  // no filter
        var bits = (value: 0, count: 0)
        for x in stride(from: x0, to: width, by: dx) {
          for sample in 0..<colorType.samples {
            bits.value =
              bits.value << bitDepth | samples[(y * width + x) * colorType.samples + sample]
            bits.count += bitDepth
            while bits.count >= 8 {
              bytes.append(UInt8(truncatingIfNeeded: bits.value >> (bits.count - 8)))
              bits.count -= 8
              bits.value &= 1 << bits.count - 1
            }
          }
        }
        if bits.count > 0 { bytes.append(UInt8(bits.value << (8 - bits.count))) }
      }
    }
    return bytes
  }

  static func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return bigEndian(data.count) + body + bigEndian(Int(~crc))
  }

  private static func zlibStored(_ data: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var start = 0
    repeat {
      let end = min(start + 65_535, data.count)
      let length = end - start
      stream += [end == data.count ? 1 : 0, UInt8(length & 255), UInt8(length >> 8)]
      stream += [UInt8(~length & 255), UInt8(~length >> 8 & 255)] + data[start..<end]
      start = end
    } while start < data.count
    var (a, b) = (1, 0)
    for byte in data {
      a = (a + Int(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return stream + bigEndian(b << 16 | a)
  }
}

extension TestPNG {
  /// A picture of random samples in every depth of a color type, interlaced and not.
  static func all(
    _ colorType: ColorType, width: Int, height: Int, using generator: inout SplitMix64
  ) -> [TestPNG] {
    var all: [TestPNG] = []
    for bitDepth in colorType.bitDepths {
      for isInterlaced in [false, true] {
        let most = 1 << bitDepth - 1
        let samples = (0..<width * height * colorType.samples).map { _ in
          Int.random(in: 0...most, using: &generator)
        }
        let palette = (0..<(colorType == .palette ? 3 * (most + 1) : 0)).map { _ in
          UInt8.random(in: 0 ... .max, using: &generator)
        }
        all.append(
          TestPNG(
            width: width, height: height, colorType: colorType, bitDepth: bitDepth,
            isInterlaced: isInterlaced, samples: samples, palette: palette))
      }
    }
    return all
  }
}
