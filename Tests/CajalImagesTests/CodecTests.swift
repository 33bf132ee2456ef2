import CajalImages
import Testing

@Suite struct CodecTests {
  @Test func everySmallPNGSurvivesTheRoundTrip() throws {
    var generator = SplitMix64(seed: 1)
    for width in 1...9 {
      for height in 1...9 {
        for channels in [1, 3] {
          let image = Image.random(
            width: width, height: height, channels: channels, using: &generator)
          #expect(try Image(decoding: image.pngData()) == image)
        }
      }
    }
  }

  @Test func aLargePNGSurvivesTheRoundTrip() throws {
    var generator = SplitMix64(seed: 2)
    let image = Image.random(width: 1031, height: 517, channels: 3, using: &generator)
    #expect(try Image(decoding: image.pngData()) == image)
  }

  /// JPEG at quality 100 without chroma loss differs by rounding alone: a smooth gray picture comes
  /// back within 2 of 255; sides need not be multiples of the block of 8.
  @Test(arguments: [1, 7, 8, 9, 17], [1, 8, 15, 16])
  func smoothJPEGsComeBackClosely(width: Int, height: Int) throws {
    var gray = Image(width: width, height: height, channels: 1)
    for y in 0..<height {
      for x in 0..<width { gray[x, y] = UInt8(40 + 5 * x + 3 * y) }
    }
    for image in [gray, gray.converted(toChannels: 3)] {
      let decoded = try Image(decoding: image.jpegData(quality: 100))
      #expect((decoded.width, decoded.height) == (width, height))
      #expect(decoded.channels == image.channels)
      let worst = zip(decoded.pixels, image.pixels).map { abs(Int($0) - Int($1)) }.max()
      #expect(try #require(worst) <= 2)
    }
  }

  @Test func lowerQualityMakesSmallerJPEGs() throws {
    var generator = SplitMix64(seed: 3)
    // Noise this large needs the encoder's buffer to grow several times.
    let image = Image.random(width: 300, height: 200, channels: 3, using: &generator)
    let sizes = try [100, 75, 10].map { try image.jpegData(quality: $0).count }
    #expect(sizes == sizes.sorted(by: >))
    #expect(sizes[0] > 100_000)
    // In gray there is no loss of chroma: at quality 100 only roundings are left.
    let gray = image.converted(toChannels: 1)
    let decoded = try Image(decoding: gray.jpegData(quality: 100))
    #expect(ImageMetrics.psnr(decoded, gray) > 50)
  }

  @Test(arguments: TestPNG.ColorType.allCases)
  func everyColorTypeAndDepthIsDecoded(colorType: TestPNG.ColorType) throws {
    var generator = SplitMix64(seed: 4)
    for (width, height) in [(1, 1), (3, 2), (5, 9), (13, 11)] {
      for png in TestPNG.all(colorType, width: width, height: height, using: &generator) {
        let image = try Image(decoding: png.encoded())
        #expect((image.width, image.height) == (width, height))
        let channels = [.gray, .grayAlpha].contains(colorType) ? 1 : 3
        #expect(image.channels == channels)
        let isClose = zip(image.pixels, expected(png)).allSatisfy { abs(Double($0) - $1) <= 0.501 }
        #expect(isClose, "\(colorType) \(png.bitDepth) bits, \(png.isInterlaced), \(image)")
      }
    }
  }

  /// The palette's first entry is half transparent, the second wholly, the others not at all.
  @Test func transparencyOfAPaletteIsLaidOverWhite() throws {
    let png = TestPNG(
      width: 3, height: 1, colorType: .palette, bitDepth: 2, samples: [0, 1, 2],
      palette: [10, 20, 30, 40, 50, 60, 70, 80, 90], transparency: [128, 0])
    let image = try Image(decoding: png.encoded())
    #expect(image.pixels == [132, 137, 142, 255, 255, 255, 70, 80, 90])
  }

  /// One gray and one color are named as transparent.
  @Test func transparentColorsBecomeWhite() throws {
    let gray = TestPNG(
      width: 4, height: 1, colorType: .gray, bitDepth: 2, samples: [0, 1, 2, 3],
      transparency: [0, 1])
    #expect(try Image(decoding: gray.encoded()).pixels == [0, 255, 170, 255])
    let rgb = TestPNG(
      width: 2, height: 1, colorType: .rgb, bitDepth: 16,
      samples: [0x1234, 0x5678, 0x9ABC, 0x1234, 0x5678, 0x9ABD],
      transparency: [0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC])
    #expect(
      try Image(decoding: rgb.encoded()).pixels == [255, 255, 255, 0x12, 0x56, 0x9A])
  }

  /// The values in 0...255 before rounding, by the definition of the format.
  private func expected(_ png: TestPNG) -> [Double] {
    let most = Double(1 << png.bitDepth - 1)
    let samples = png.samples.map { Double($0) / most * 255 }
    switch png.colorType {
    case .gray, .rgb:
      return samples
    case .palette:
      return png.samples.flatMap { png.palette[3 * $0..<3 * $0 + 3].map { Double($0) } }
    case .grayAlpha, .rgba:
      let stride = png.colorType.samples
      return samples.indices.filter { $0 % stride < stride - 1 }.map { index in
        let alpha = samples[index / stride * stride + stride - 1] / 255
        return samples[index] * alpha + 255 * (1 - alpha)
      }
    }
  }
}
