import CajalSupport
import CajalImages
import Testing

@Suite struct OrientationTests {
  private static func upright(channels: Int, seed: UInt64 = 51) -> Image {
    var generator = SplitMix64(seed: seed)
    return Image.random(width: 7, height: 5, channels: channels, using: &generator)
  }

  @Test(arguments: 1...8, [1, 3])
  func everyOrientationOfPNGIsApplied(orientation: Int, channels: Int) throws {
    let upright = Self.upright(channels: channels)
    let png = try TestEXIF.stored(upright, orientation: orientation).pngData()
    for place in TestEXIF.Place.allCases {
      for exif in [
        TestEXIF(orientation: orientation),
        TestEXIF(orientation: orientation, isBigEndian: false, type: 4, directory: 26),
      ] {
        let bytes = TestEXIF.png(png, exif: exif.bytes, place)
        #expect(try Image(decoding: bytes) == upright)
        for count in ImageReaderTests.chunkings {
          #expect(try ImageReaderTests.rows(of: bytes, count: count) == upright)
        }
      }
      // Some programs write JPEG's header before the data.
      let headed = Array("Exif\0\0".utf8) + TestEXIF(orientation: orientation).bytes
      #expect(try Image(decoding: TestEXIF.png(png, exif: headed, place)) == upright)
    }
  }

  @Test(arguments: 1...8)
  func everyOrientationOfJPEGIsApplied(orientation: Int) throws {
    for jpeg in TestJPEG.allCases {
      let plain = try Image(decoding: jpeg.bytes)
      for isBigEndian in [true, false] {
        let exif = TestEXIF(orientation: orientation, isBigEndian: isBigEndian)
        let bytes = TestEXIF.jpeg(jpeg.bytes, exif: exif.bytes)
        let image = try Image(decoding: bytes)
        #expect(TestEXIF.stored(image, orientation: orientation) == plain)
        #expect(try ImageReaderTests.rows(of: bytes, count: 4) == image)
      }
    }
  }

  @Test(arguments: 1...8)
  func sixteenBitsAreTurnedToo(orientation: Int) throws {
    let samples = (0..<35).map { 1000 + 1234 * $0 }
    func png(_ width: Int, _ height: Int, _ samples: [Int]) -> [UInt8] {
      TestPNG(width: width, height: height, colorType: .gray, bitDepth: 16, samples: samples)
        .encoded()
    }
    // Each pixel's number is its source.
    let numbers = Image(width: 7, height: 5, channels: 1, pixels: Array(0..<35))
    let stored = TestEXIF.stored(numbers, orientation: orientation)
    let bytes = TestEXIF.png(
      png(stored.width, stored.height, stored.pixels.map { samples[Int($0)] }),
      exif: TestEXIF(orientation: orientation).bytes)
    let image = try DeepImage(decoding: bytes)
    #expect(image.width == 7 && image.height == 5)
    #expect(image.values.map(Int.init) == samples)
  }

  @Test func sidesAndRowsAreThoseOfTheUprightPicture() throws {
    let upright = Self.upright(channels: 3)
    for orientation in 1...8 {
      let png = try TestEXIF.stored(upright, orientation: orientation).pngData()
      var reader = try ImageReader(
        decoding: TestEXIF.png(png, exif: TestEXIF(orientation: orientation).bytes, .afterPixels))
      #expect(reader.width == 7 && reader.height == 5)
      let holdsWholePicture = reader.holdsWholePicture
      #expect(holdsWholePicture == (orientation > 2))
      try reader.skipRows(2)
      let strip = try reader.readRows(2)
      #expect(strip == upright.cropped(x: 0, y: 2, width: 7, height: 2))
      let last = try reader.readRows(9)
      #expect(last == upright.cropped(x: 0, y: 4, width: 7, height: 1))
      let nothing = try reader.readRows(1)
      #expect(nothing == nil)
    }
  }

  /// The chunk is found in a file as it is in memory, also behind more than one piece of it.
  @Test func orientationAfterManyPixelsIsFoundInFiles() throws {
    var generator = SplitMix64(seed: 52)
    let upright = Image.random(width: 301, height: 203, channels: 3, using: &generator)
    let png = try TestEXIF.stored(upright, orientation: 8).pngData()
    #expect(png.count > 2 << 16)
    let bytes = TestEXIF.png(png, exif: TestEXIF(orientation: 8).bytes, .afterPixels)
    try withTemporaryDirectory { directory in
      try Files.writeAtomically(to: directory + "/a.png", bytes)
      #expect(try Image(contentsOf: directory + "/a.png") == upright)
      #expect(try DeepImage(contentsOf: directory + "/a.png") == DeepImage(upright))
    }
  }

  /// Invalid orientation data is ignored, wherever the damage is.
  @Test func senselessDataAreIgnored() throws {
    let image = Self.upright(channels: 3)
    let png = try image.pngData()
    let jpeg = try image.jpegData()
    let decodedJPEG = try Image(decoding: jpeg)
    let whole = TestEXIF(orientation: 6).bytes
    // Truncated anywhere before the value, the data has no orientation.
    var senseless = (0..<32).map { Array(whole[..<$0]) }
    senseless += [0, 9, 255, 65535].map { TestEXIF(orientation: $0).bytes }
    senseless += [
      TestEXIF(orientation: 6, type: 2).bytes, TestEXIF(orientation: 6, count: 2).bytes,
    ]
    for (index, value) in [(0, 0x4D as UInt8), (2, 1), (4, 0xFF), (7, 0xFF), (8, 0xFF)] {
      // The byte order, the magic number, and where the directory is; then one of 65,282 entries.
      var changed = whole
      changed[index] = value
      if index > 0, index < 8 { senseless.append(changed) }
      #expect(throws: Never.self) { try Image(decoding: TestEXIF.png(png, exif: changed)) }
    }
    for exif in senseless {
      for place in TestEXIF.Place.allCases {
        #expect(try Image(decoding: TestEXIF.png(png, exif: exif, place)) == image, "\(exif)")
      }
      #expect(try Image(decoding: TestEXIF.jpeg(jpeg, exif: exif)) == decodedJPEG, "\(exif)")
    }
  }

  /// The first EXIF data of a JPEG file count, and markers of the same kind that hold something
  /// else do not.
  @Test func otherMarkersArePassedOver() throws {
    let jpeg = try Self.upright(channels: 3).jpegData()
    let xmp = TestEXIF.app1(Array("http://ns.adobe.com/xap/1.0/\0<x/>".utf8))
    let first = TestEXIF.app1(Array("Exif\0\0".utf8) + TestEXIF(orientation: 6).bytes)
    let second = TestEXIF.app1(Array("Exif\0\0".utf8) + TestEXIF(orientation: 3).bytes)
    let long = TestEXIF.app1([UInt8](repeating: 7, count: 65_533))
    let empty = TestEXIF.app1([])
    let bytes = jpeg[..<2] + empty + xmp + long + first + second + jpeg[2...]
    let image = try Image(decoding: Array(bytes))
    #expect(try TestEXIF.stored(image, orientation: 6) == Image(decoding: jpeg))
  }

  @Test func damageAndLimitsAreThoseOfWholePictures() throws {
    let stored = TestEXIF.stored(Self.upright(channels: 3), orientation: 6)
    let bytes = try TestEXIF.png(stored.pngData(), exif: TestEXIF(orientation: 6).bytes)
    var pixels: [UInt8] = []
    let limits = ImageLimits(maximumBytes: 7 * 5 * 3)
    #expect(DamagedRowsTests.read(bytes, count: 2, into: &pixels, limits: limits) == nil)
    let less = ImageLimits(maximumBytes: 7 * 5 * 3 - 1)
    #expect(
      DamagedRowsTests.read(bytes, count: 2, into: &pixels, limits: less)?.kind == .tooLarge)
    for length in 34..<bytes.count {
      pixels = []
      let error = DamagedRowsTests.read(Array(bytes[..<length]), count: 2, into: &pixels)
      #expect(error?.kind == .damaged && pixels.isEmpty)
    }
  }
}
