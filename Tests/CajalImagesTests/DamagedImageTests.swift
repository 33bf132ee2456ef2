import CajalSupport
import CajalImages
import Testing

@Suite struct DamagedImageTests {
  static func sample(channels: Int) -> Image {
    var generator = SplitMix64(seed: 5)
    return Image.random(width: 9, height: 7, channels: channels, using: &generator)
      .resized(width: 20, height: 16, filter: .bilinear)
  }

  @Test(arguments: [1, 3])
  func everyTruncationIsAnError(channels: Int) throws {
    let image = Self.sample(channels: channels)
    for bytes in [try image.pngData(), try image.jpegData()] {
      for count in 0..<bytes.count {
        let error = #expect(throws: ImageError.self, "\(count) of \(bytes.count) bytes") {
          try Image(decoding: Array(bytes[..<count]), name: "cut")
        }
        let line = error?.description ?? ""
        #expect(line.hasPrefix("cut: ") && !line.contains("\n"))
      }
    }
  }

  /// Bytes changed at random are refused or decoded; chunks of PNG get their
  /// checksum back, so that the change reaches the code behind it.
  @Test(arguments: [1, 3])
  func changedBytesNeverCrash(channels: Int) throws {
    var generator = SplitMix64(seed: 6)
    let limits = ImageLimits(maximumPixels: 1_000_000)
    let image = Self.sample(channels: channels)
    let interlaced = TestPNG(
      width: 9, height: 7, colorType: .palette, bitDepth: 4, isInterlaced: true,
      samples: (0..<63).map { $0 % 16 }, palette: (0..<48).map { UInt8(5 * $0) },
      transparency: [0, 100])
    for original in [try image.pngData(), try image.jpegData(), interlaced.encoded()] {
      var decoded = 0
      for _ in 0..<1500 {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          let index = Int.random(in: 8..<bytes.count, using: &generator)
          bytes[index] = .random(in: 0 ... .max, using: &generator)
        }
        if Bool.random(using: &generator) { bytes = Self.withRepairedChecksums(bytes) }
        do throws(ImageError) {
          let image = try Image(decoding: bytes, limits: limits)
          #expect(image.pixels.count == image.width * image.height * image.channels)
          decoded += 1
        } catch {
          #expect(!error.description.contains("\n"))
        }
      }
      #expect(decoded < 1500)
    }
  }

  /// Where libjpeg-turbo has many bytes before it, it takes codes that there are none of for
  /// zeros, without a warning.
  @Test(arguments: [1, 3])
  func unknownCodesInLongDataAreErrors(channels: Int) throws {
    var generator = SplitMix64(seed: 7)
    let image = Image.random(width: 96, height: 96, channels: channels, using: &generator)
    let bytes = try image.jpegData()
    let scan = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0xDA]) })
    // Ones of more than the longest code's sixteen bits, each byte with the zero that follows it.
    let ones: [UInt8] = [0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0]
    for start in stride(from: scan + 20, to: bytes.count - 20, by: 97) {
      var changed = bytes
      changed.replaceSubrange(start..<start + ones.count, with: ones)
      let error = #expect(throws: ImageError.self, "at byte \(start) of \(bytes.count)") {
        try Image(decoding: changed, name: "changed")
      }
      #expect(error?.kind == .damaged)
    }
  }

  private static func withRepairedChecksums(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.starts(with: [0x89, 0x50]) else { return bytes }
    var repaired = Array(bytes[..<8])
    var rest = bytes[8...]
    while rest.count >= 12 {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      guard rest.count >= length + 12 else { break }
      let name = String(decoding: rest.dropFirst(4).prefix(4), as: UTF8.self)
      repaired += TestPNG.chunk(name, Array(rest.dropFirst(8).prefix(length)))
      rest = rest.dropFirst(length + 12)
    }
    return repaired + rest
  }

  @Test func declaredSizesAreLimitedBeforeMemoryIsTaken() throws {
    func declaring(_ width: Int, _ height: Int) -> [UInt8] {
      TestPNG(width: width, height: height, colorType: .rgb, bitDepth: 8, samples: [])
        .encodedHeaderOnly()
    }
    for (width, height) in [(30_000, 20_000), (0x7FFF_FFFF, 0x7FFF_FFFF)] {
      let error = #expect(throws: ImageError.self) {
        try Image(decoding: declaring(width, height), name: "bomb")
      }
      #expect(error?.kind == .tooLarge)
      #expect(error?.description.hasPrefix("bomb: \(width) × \(height) pixels are over") == true)
    }
    // Within the limits the missing pixels are found out, without waiting for all the others.
    let hollow = #expect(throws: ImageError.self) {
      try Image(decoding: declaring(20_000, 20_000))
    }
    #expect(hollow?.kind == .damaged)

    let png = try Self.sample(channels: 3).pngData()
    _ = try Image(decoding: png, limits: ImageLimits(maximumPixels: 320, maximumBytes: 960))
    for limits in [
      ImageLimits(maximumPixels: 319), ImageLimits(maximumSide: 19), ImageLimits(maximumBytes: 959),
    ] {
      let error = #expect(throws: ImageError.self) { try Image(decoding: png, limits: limits) }
      #expect(error?.kind == .tooLarge)
    }
  }

  @Test func otherFormatsAreNamed() throws {
    let cases: [([UInt8], ImageError.Kind, String)] = [
      ([], .damaged, "x: the file is empty"),
      (
        Array("II*\0....".utf8), .damaged,
        "x: the TIFF data is damaged: Can not read TIFF directory count"
      ),
      (Array("GIF89a".utf8), .unsupported, "x: it is a GIF image; convert it to PNG, JPEG or TIFF"),
      (
        Array("hello".utf8), .unsupported,
        "x: it is no image of a known format; convert it to PNG, JPEG or TIFF"
      ),
    ]
    for (bytes, kind, line) in cases {
      let error = #expect(throws: ImageError.self) { try Image(decoding: bytes, name: "x") }
      #expect(error?.kind == kind)
      #expect(error?.description == line)
    }
  }

  /// A JPEG of one gray block, its header changed to declare two components.
  @Test func unknownColorsAreRefused() throws {
    let header: [UInt8] = [
      0xFF, 0xD8, 0xFF, 0xC0, 0, 14, 8, 0, 8, 0, 8, 2, 1, 0x11, 0, 2, 0x11, 0, 0xFF, 0xDA, 0, 10,
      2, 1, 0, 2, 0, 0, 63, 0, 0xFF, 0xD9,
    ]
    let error = #expect(throws: ImageError.self) { try Image(decoding: header, name: "print.jpg") }
    #expect(error?.kind == .unsupported)
    #expect(error?.description.contains("neither gray, RGB nor CMYK") == true)
  }

  @Test func filesAreNamedInErrors() throws {
    try withTemporaryDirectory { directory in
      let image = Self.sample(channels: 3)
      for name in ["a.png", "b.jpg", "c.JPEG"] {
        try image.write(to: directory + "/" + name)
        #expect(try Image(contentsOf: directory + "/" + name).width == 20)
      }
      #expect(try Image(contentsOf: directory + "/a.png") == image)
      #expect(try Files.list(directory) == ["a.png", "b.jpg", "c.JPEG"])

      for name in ["d.bmp", "png", ".png", "missing/e.png", "a.png/f.png"] {
        let path = directory + "/" + name
        let error = #expect(throws: ImageError.self) { try image.write(to: path) }
        #expect(error?.kind == .unwritable)
        #expect(error?.name == path)
      }
      #expect(try Files.list(directory) == ["a.png", "b.jpg", "c.JPEG"])
      let missing = #expect(throws: ImageError.self) {
        try Image(contentsOf: directory + "/no.png")
      }
      #expect(
        missing?.description
          == "\(directory)/no.png: cannot be read: No such file or directory")
    }
  }

  @Test func sidesBeyondJPEGAreRefused() throws {
    let error = #expect(throws: ImageError.self) {
      try Image(width: 65_501, height: 1, channels: 1).jpegData()
    }
    #expect(error?.description.contains("65500") == true)
    #expect(
      try Image(
        decoding: Image(width: 65_501, height: 1, channels: 1).pngData()
      ).width == 65_501)
  }
}

extension TestPNG {
  /// A file that promises pixels and has (nearly) none.
  func encodedHeaderOnly() -> [UInt8] {
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + Self.chunk(
        "IHDR",
        Self.bigEndian(width) + Self.bigEndian(height)
          + [UInt8(bitDepth), colorType.rawValue, 0, 0, 0])
      + Self.chunk("IDAT", [0x78, 0x01, 1, 1, 0, 0xFE, 0xFF, 0]) + Self.chunk("IEND", [])
  }
}
