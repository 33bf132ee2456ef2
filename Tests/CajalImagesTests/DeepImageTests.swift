import CajalImages
import Testing

@Suite struct DeepImageTests {
  /// Files of 16 bits keep every value, whatever their color type and interlacing.
  @Test(arguments: [TestPNG.ColorType.gray, .rgb], [false, true])
  func valuesOfSixteenBitsStay(colorType: TestPNG.ColorType, isInterlaced: Bool) throws {
    var generator = SplitMix64(seed: 61)
    let samples = (0..<13 * 11 * colorType.samples).map { _ in
      Int.random(in: 0...65535, using: &generator)
    }
    let png = TestPNG(
      width: 13, height: 11, colorType: colorType, bitDepth: 16, isInterlaced: isInterlaced,
      samples: samples)
    let image = try DeepImage(decoding: png.encoded())
    #expect(image.width == 13 && image.height == 11 && image.channels == colorType.samples)
    #expect(image.bitDepth == 16 && image.maximum == 65535)
    #expect(image.values.map(Int.init) == samples)
    #expect(image.usedRange?.largestValue == samples.max())
  }

  @Test(arguments: [TestPNG.ColorType.grayAlpha, .rgba])
  func transparencyIsLaidOverTheWhiteLevel(colorType: TestPNG.ColorType) throws {
    let channels = colorType.samples - 1
    let color = [Int](repeating: 1000, count: channels)
    let png = TestPNG(
      width: 3, height: 1, colorType: colorType, bitDepth: 16,
      samples: color + [0] + color + [65535] + color + [32768]
    ).encoded()
    for (whiteLevel, white, half) in [(nil, 65535, 33267), (4095, 4095, 2547)] {
      let image = try DeepImage(decoding: png, whiteLevel: whiteLevel)
      let gray = (0..<3).map { Int(image.values[$0 * channels]) }
      #expect(gray[0] == white && gray[1] == 1000 && abs(gray[2] - half) <= 1)
    }
  }

  @Test func filesOfEightBitsAreThoseOfImages() throws {
    for jpeg in TestJPEG.allCases {
      let image = try DeepImage(decoding: jpeg.bytes)
      #expect(try image == DeepImage(Image(decoding: jpeg.bytes)))
      #expect(image.bitDepth == 8 && image.usedRange == nil)
    }
    var generator = SplitMix64(seed: 62)
    for colorType in TestPNG.ColorType.allCases {
      for png in TestPNG.all(colorType, width: 5, height: 9, using: &generator)
      where png.bitDepth < 16 {
        let image = try DeepImage(decoding: png.encoded(), whiteLevel: 77)
        #expect(try image == DeepImage(Image(decoding: png.encoded())))
      }
    }
  }

  /// Every value becomes the nearest of 8 bits; larger ones than the white level become 255.
  @Test(arguments: [nil, 255, 1000, 4095, 65535], [false, true])
  func everyValueIsScaledByTheWhiteLevel(whiteLevel: Int?, isInterlaced: Bool) throws {
    let png = TestPNG(
      width: 256, height: 256, colorType: .gray, bitDepth: 16, isInterlaced: isInterlaced,
      samples: Array(0...65535)
    ).encoded()
    let expected = (0...65535).map { value in
      UInt8(min((Double(value) * 255 / Double(whiteLevel ?? 65535)).rounded(), 255))
    }
    var reader = try ImageReader(decoding: png, whiteLevel: whiteLevel)
    #expect(reader.bitDepth == 16 && reader.largestValue == 0)
    let first = try reader.readRows(2)
    #expect(first?.pixels == Array(expected[..<512]))
    #expect(reader.largestValue == 511)
    let rest = try reader.readRows(300)
    #expect(rest?.pixels == Array(expected[512...]))
    #expect(reader.largestValue == 65535)
    #expect(
      try DeepImage(decoding: png).narrowed(whiteLevel: whiteLevel ?? 65535).pixels == expected)
    if whiteLevel == nil { #expect(try Image(decoding: png).pixels == expected) }
  }

  @Test func depthAndColorAreChanged() {
    let image = Image(width: 2, height: 1, channels: 1, pixels: [3, 255])
    let deep = DeepImage(image)
    #expect(deep.widened().values == [771, 65535] && deep.widened().bitDepth == 16)
    #expect(deep.widened(whiteLevel: 4095).values == [48, 4095])
    #expect(deep.widened().narrowed() == image && deep.narrowed() == image)
    #expect(deep.widened(whiteLevel: 4095).narrowed(whiteLevel: 4095) == image)
    #expect(deep.inColor() == DeepImage(image.converted(toChannels: 3)))
    #expect(deep.widened().widened(whiteLevel: 9) == deep.widened())
  }

  /// In 8 bits as pictures are; in 16 bits as 257 times the values, but for the finer rounding.
  @Test(arguments: ResizeFilter.allCases)
  func sizesAreChangedInTheDepthOfThePicture(filter: ResizeFilter) {
    var generator = SplitMix64(seed: 63)
    let small = Image.random(width: 5, height: 4, channels: 3, using: &generator)
    let large = small.resized(width: 12, height: 9, filter: filter)
    let deep = DeepImage(small)
    #expect(deep.resized(width: 12, height: 9, filter: filter) == DeepImage(large))
    let widened = deep.widened().resized(width: 12, height: 9, filter: filter)
    #expect(widened.bitDepth == 16 && widened.width == 12 && widened.height == 9)
    for (value, pixel) in zip(widened.values, large.pixels) {
      #expect(abs(Double(value) / 257 - Double(pixel)) <= 1.5)
    }
  }

  @Test func limitsCountTwoBytesAValue() throws {
    let png = TestPNG(
      width: 5, height: 4, colorType: .gray, bitDepth: 16, samples: [Int](repeating: 9, count: 20)
    ).encoded()
    _ = try DeepImage(decoding: png, limits: ImageLimits(maximumBytes: 40))
    let limits = ImageLimits(maximumBytes: 39)
    let error = #expect(throws: ImageError.self) { try DeepImage(decoding: png, limits: limits) }
    #expect(error?.kind == .tooLarge)
    _ = try Image(decoding: png, limits: limits)
  }

  @Test(
    arguments: [
      (0, 0, false, 255), (1, 1, true, 255), (200, 8, true, 255), (1000, 10, true, 1023),
      (2000, 11, true, 4095), (4000, 12, true, 4095), (16383, 14, true, 16383),
      (16384, 15, false, 65535), (65535, 16, false, 65535),
    ])
  func usedRangesAreJudged(largest: Int, bits: Int, isNarrow: Bool, whiteLevel: Int) {
    let range = UsedRange(largestValue: largest)
    #expect(range.bits == bits && range.isNarrow == isNarrow)
    #expect(range.probableWhiteLevel == whiteLevel)
  }
}
