import CajalImages
import Testing

@Suite struct ImageReaderTests {
  static let chunkings = [1, 2, 7, 1000]

  /// All rows, read `count` at a time.
  static func rows(of bytes: [UInt8], count: Int, limits: ImageLimits = .default) throws -> Image {
    var reader = try ImageReader(decoding: bytes, name: "rows", limits: limits)
    return try remainingRows(of: &reader, count: count)
  }

  static func remainingRows(of reader: inout ImageReader, count: Int) throws -> Image {
    let first = reader.nextRow
    var pixels: [UInt8] = []
    while let strip = try reader.readRows(count) {
      #expect(strip.width == reader.width && strip.channels == reader.channels)
      #expect(strip.height == count || reader.nextRow == reader.height)
      pixels += strip.pixels
      #expect(pixels.count == (reader.nextRow - first) * reader.width * reader.channels)
    }
    return Image(
      width: reader.width, height: reader.height - first, channels: reader.channels, pixels: pixels)
  }

  @Test(arguments: TestPNG.ColorType.allCases)
  func rowsOfEveryPNGAreThoseOfTheWhole(colorType: TestPNG.ColorType) throws {
    var generator = SplitMix64(seed: 41)
    for png in TestPNG.all(colorType, width: 13, height: 11, using: &generator) {
      let bytes = png.encoded()
      let whole = try Image(decoding: bytes)
      let holdsWholePicture = try ImageReader(decoding: bytes).holdsWholePicture
      #expect(holdsWholePicture == png.isInterlaced)
      for count in Self.chunkings { #expect(try Self.rows(of: bytes, count: count) == whole) }
    }
  }

  @Test(arguments: TestJPEG.allCases)
  func rowsOfEveryJPEGAreThoseOfTheWhole(jpeg: TestJPEG) throws {
    let whole = try Image(decoding: jpeg.bytes)
    #expect((whole.width, whole.height) == (21, 18))
    for count in Self.chunkings { #expect(try Self.rows(of: jpeg.bytes, count: count) == whole) }
  }

  /// The arrangement of coefficients in the file does not change the picture.
  @Test func everyArrangementOfTheSameCoefficientsIsTheSamePicture() throws {
    let gray = try Image(decoding: TestJPEG.gray.bytes)
    #expect(try Self.rows(of: TestJPEG.progressiveGray.bytes, count: 3) == gray)
    let color = try Image(decoding: TestJPEG.color.bytes)
    for jpeg in [TestJPEG.progressiveColor, .separateColors] {
      #expect(try Self.rows(of: jpeg.bytes, count: 3) == color)
      let holdsWholePicture = try ImageReader(decoding: jpeg.bytes).holdsWholePicture
      #expect(holdsWholePicture)
    }
    let holdsWholePicture = try ImageReader(decoding: TestJPEG.color.bytes).holdsWholePicture
    #expect(!holdsWholePicture)
  }

  /// Inks are converted to the same colors as by Pillow.
  @Test func inksBecomeRedGreenAndBlue() throws {
    let image = try Image(decoding: TestJPEG.inks.bytes)
    for (x, y, color) in [
      (0, 0, [213, 213, 213]), (10, 9, [102, 100, 108]), (20, 17, [12, 12, 26]),
      (3, 15, [178, 38, 120]),
    ] {
      for channel in 0..<3 { #expect(abs(Int(image[x, y, channel]) - color[channel]) <= 1) }
    }
  }

  @Test(arguments: [1, 3])
  func oddSizesAreReadByRows(channels: Int) throws {
    var generator = SplitMix64(seed: 42)
    for (width, height) in [(1, 1), (1, 17), (17, 1), (8, 8), (9, 15), (33, 31)] {
      let image = Image.random(width: width, height: height, channels: channels, using: &generator)
      let jpeg = try image.jpegData()
      let whole = try Image(decoding: jpeg)
      for count in Self.chunkings {
        #expect(try Self.rows(of: image.pngData(), count: count) == image)
        #expect(try Self.rows(of: jpeg, count: count) == whole)
      }
    }
  }

  /// Noise, so that the files are longer than the pieces in which they are read.
  @Test func longFilesAreReadInPieces() throws {
    var generator = SplitMix64(seed: 43)
    let image = Image.random(width: 517, height: 403, channels: 3, using: &generator)
    try withTemporaryDirectory { directory in
      for (name, bytes) in [("a.png", try image.pngData()), ("a.jpg", try image.jpegData())] {
        let path = directory + "/" + name
        try image.write(to: path)
        #expect(bytes.count > 2 << 16)
        let whole = try Image(decoding: bytes)
        #expect(try Image(contentsOf: path) == whole)
        var reader = try ImageReader(contentsOf: path)
        #expect(try Self.remainingRows(of: &reader, count: 50) == whole)
      }
    }
  }

  @Test func rowsArePassedOver() throws {
    var generator = SplitMix64(seed: 44)
    let image = Image.random(width: 10, height: 30, channels: 3, using: &generator)
    for bytes in [try image.pngData(), try image.jpegData()] {
      let whole = try Image(decoding: bytes)
      var reader = try ImageReader(decoding: bytes)
      try reader.skipRows(0)
      try reader.skipRows(7)
      let strip = try reader.readRows(4)
      #expect(strip == whole.cropped(x: 0, y: 7, width: 10, height: 4))
      try reader.skipRows(12)
      let rest = try Self.remainingRows(of: &reader, count: 5)
      #expect(rest == whole.cropped(x: 0, y: 23, width: 10, height: 7))
      try reader.skipRows(1)
      let nothing = try reader.readRows(1)
      #expect(nothing == nil)
    }
  }

  /// What is read into a buffer ends with the last whole row that fits.
  @Test func buffersAreFilledWithWholeRows() throws {
    let image = Image(
      width: 3, height: 5, channels: 1, pixels: (0..<15).map { UInt8(10 * $0) })
    var reader = try ImageReader(decoding: image.pngData())
    var read: [UInt8] = []
    var counts: [Int] = []
    try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 8) { buffer in
      repeat {
        buffer.update(repeating: 0xFF)
        counts.append(try reader.readRows(into: buffer))
        #expect(buffer[6] == 0xFF && buffer[7] == 0xFF)
        read += buffer.prefix(3 * (counts.last ?? 0))
      } while counts.last != 0
    }
    #expect(counts == [2, 2, 1, 0])
    #expect(read == image.pixels)
  }
}
