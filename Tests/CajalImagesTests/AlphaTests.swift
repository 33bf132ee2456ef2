import CajalImages
import CajalSupport
import Testing

/// Alpha and 16-bit values, read and written by rows.
@Suite struct AlphaTests {
  static func bytes(_ samples: [Int], bitDepth: Int) -> [UInt16] {
    samples.map { UInt16($0 * (bitDepth >= 8 ? 1 : 255 / (1 << bitDepth - 1))) }
  }

  /// All values of a file with alpha and 16 bits kept, read `count` rows at a time.
  static func values(of reader: inout ImageReader, count: Int) throws -> [UInt16] {
    var values: [UInt16] = []
    let row = reader.width * reader.channels
    let buffer = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: row * count)
    defer { buffer.deallocate() }
    while case let rows = try reader.readRows(into: buffer), rows > 0 {
      values += buffer[..<(rows * row)]
    }
    return values
  }

  @Test(arguments: [TestPNG.ColorType.gray, .rgb, .grayAlpha, .rgba])
  func everyPNGKeepsItsSamples(colorType: TestPNG.ColorType) throws {
    var generator = SplitMix64(seed: 71)
    for png in TestPNG.all(colorType, width: 13, height: 11, using: &generator) {
      let expected = Self.bytes(png.samples, bitDepth: png.bitDepth)
      for count in [1, 4, 11] {
        var reader = try ImageReader(decoding: png.encoded(), keepsBits: true, keepsAlpha: true)
        #expect(reader.metadata.hasAlpha == (colorType.samples % 2 == 0))
        #expect(reader.channels == colorType.samples)
        #expect(reader.bitDepth == max(png.bitDepth, 8))
        let values = try Self.values(of: &reader, count: count)
        #expect(values == expected)
      }
      // As 8 bits, alpha is scaled by its own maximum and colors by white.
      guard png.bitDepth == 16 else { continue }
      var narrow = try ImageReader(decoding: png.encoded(), whiteLevel: 4095, keepsAlpha: true)
      let narrowed = try Self.values(of: &narrow, count: 3)
      let scaled = expected.enumerated().map { index, value in
        let isAlpha =
          png.colorType.samples % 2 == 0 && index % narrow.channels == narrow.channels - 1
        let white = isAlpha ? 65535 : 4095
        return UInt16(min((Int(value) * 255 + white / 2) / white, 255))
      }
      #expect(narrowed == scaled)
    }
  }

  /// A transparent color and a palette with opacities become a channel too.
  @Test func transparentColorsAreAlpha() throws {
    let palette = TestPNG(
      width: 2, height: 1, colorType: .palette, bitDepth: 8, samples: [0, 1],
      palette: [10, 20, 30, 40, 50, 60], transparency: [99])
    var reader = try ImageReader(decoding: palette.encoded(), keepsAlpha: true)
    #expect(try Self.values(of: &reader, count: 1) == [10, 20, 30, 99, 40, 50, 60, 255])
    let gray = TestPNG(
      width: 2, height: 1, colorType: .gray, bitDepth: 8, samples: [7, 8], transparency: [0, 8])
    reader = try ImageReader(decoding: gray.encoded(), keepsAlpha: true)
    #expect(try Self.values(of: &reader, count: 1) == [7, 255, 8, 0])
  }

  @Test(arguments: [1, 2, 3, 4], [8, 16])
  func everyKindOfValuesComesBack(channels: Int, bitDepth: Int) throws {
    var generator = SplitMix64(seed: 72)
    for (width, height) in [(1, 1), (5, 3), (40, 33)] {
      let values = (0..<width * height * channels).map { _ in
        UInt16.random(in: 0...(bitDepth == 8 ? 255 : 65535), using: &generator)
      }
      try withTemporaryDirectory { directory in
        let path = directory + "/a.png"
        try ImageWriter.write(
          to: path, width: width, height: height, channels: channels, bitDepth: bitDepth
        ) { writer in
          if bitDepth == 16 {
            try values.withUnsafeBufferPointer { try writer.append($0) }
          } else {
            try values.map { UInt8($0) }.withUnsafeBufferPointer { try writer.append($0) }
          }
        }
        var reader = try ImageReader(contentsOf: path, keepsBits: true, keepsAlpha: true)
        #expect((reader.channels, reader.bitDepth) == (channels, bitDepth))
        #expect(try Self.values(of: &reader, count: 2) == values)
      }
    }
  }

  /// 16-bit values and alpha of a picture that its orientation turns.
  @Test func turnedPicturesKeepBitsAndAlpha() throws {
    let samples = (0..<24).map { $0 * 1001 }
    let png = TestPNG(width: 3, height: 2, colorType: .rgba, bitDepth: 16, samples: samples)
    for (orientation, order) in [(2, [2, 1, 0, 5, 4, 3]), (6, [3, 0, 4, 1, 5, 2])] {
      let bytes = TestEXIF.png(png.encoded(), exif: TestEXIF(orientation: orientation).bytes)
      var reader = try ImageReader(decoding: bytes, keepsBits: true, keepsAlpha: true)
      let expected = order.flatMap { pixel in samples[4 * pixel..<4 * pixel + 4].map(UInt16.init) }
      #expect(try Self.values(of: &reader, count: 1) == expected)
    }
  }

  @Test(arguments: [(2, 8), (4, 8), (3, 16)])
  func whatJPEGCannotHoldIsAnError(channels: Int, bitDepth: Int) throws {
    try withTemporaryDirectory { directory in
      var kind: ImageError.Kind?
      do {
        try ImageWriter.write(
          to: directory + "/a.jpg", width: 1, height: 1, channels: channels, bitDepth: bitDepth
        ) { _ in }
      } catch let error as ImageError {
        kind = error.kind
      }
      #expect(kind == .unwritable)
      #expect(try Files.list(directory) == [])
    }
  }
}
