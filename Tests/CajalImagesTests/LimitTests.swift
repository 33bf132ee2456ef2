import CajalImages
import Testing

@Suite struct LimitTests {
  /// A long strip has few pixels: no side is too long by itself.
  @Test(arguments: [(85_000, 64), (64, 85_000), (1_000_003, 1)])
  func stripsAreRead(width: Int, height: Int) throws {
    let png = try Image(width: width, height: height, channels: 1, filledWith: 9).pngData()
    var reader = try ImageReader(decoding: png)
    let first = try reader.readRows(1)
    #expect(first == Image(width: width, height: 1, channels: 1, filledWith: 9))
    #expect(try Image(decoding: png).pixels.count == width * height)
  }

  /// The message has the limit that is exceeded, and not the others.
  @Test func theExceededLimitIsNamed() throws {
    let png = try Image(width: 20, height: 16, channels: 3).pngData()
    for (limits, words) in [
      (ImageLimits(maximumPixels: 319), "(319 pixels)"),
      (ImageLimits(maximumSide: 19), "(19 a side)"),
      (ImageLimits(maximumBytes: 959), "(959 bytes of memory)"),
    ] {
      let error = #expect(throws: ImageError.self) {
        try Image(decoding: png, name: "a.png", limits: limits)
      }
      #expect(
        error?.description
          == "a.png: 20 × 16 pixels are over the limits \(words); "
          + "raise the limits or cut it into parts")
    }
  }

  /// What the format allows and the decoder does not is no damage, and no limit to be raised.
  @Test func unsupportedKindsOfJPEGAreNotCalledDamaged() throws {
    let jpeg = TestJPEG.gray.bytes
    let frame = try #require(jpeg.indices.first { jpeg[$0...].starts(with: [0xFF, 0xC0]) })
    // The precision, the height and, of a lossless file, the marker.
    for (offset, bytes, words) in [
      (4, [12], "precision 12"), (5, [0xFF, 0xFF], "65500 pixels"), (1, [0xC3], "SOF type 0xc3"),
    ] as [(Int, [UInt8], String)] {
      var changed = jpeg
      changed.replaceSubrange(frame + offset..<frame + offset + bytes.count, with: bytes)
      let error = #expect(throws: ImageError.self) { try Image(decoding: changed, name: "a.jpg") }
      #expect(error?.kind == .unsupported)
      #expect(error?.description.hasPrefix("a.jpg: this kind of JPEG is not read: ") == true)
      #expect(error?.description.contains(words) == true)
      #expect(error?.description.hasSuffix("; convert it to PNG") == true)
    }
  }

  @Test func pixelsRaiseTheOtherLimits() {
    #expect(ImageLimits(forPixels: 500_000_000) == .default)
    #expect(ImageLimits(forPixels: 1000) == ImageLimits(maximumPixels: 1000))
    let large = ImageLimits(forPixels: 1 << 32)
    #expect(large.maximumBytes == 6 << 32 && large.maximumFileBytes == 6 << 32)
    #expect(ImageLimits(forPixels: .max).maximumBytes == .max)
  }
}
