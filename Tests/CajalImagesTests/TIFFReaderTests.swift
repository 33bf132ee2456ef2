import CajalImages
import CajalSupport
import Testing

@Suite struct TIFFReaderTests {
  /// All values of a file with alpha and bits kept, by rows.
  static func values(
    of bytes: [UInt8], page: Int = 0, level: Int = 0, region: PixelRegion? = nil, count: Int = 3
  ) throws -> [UInt16] {
    var reader = try ImageReader(
      decoding: bytes, keepsBits: true, keepsAlpha: true, page: page, level: level, region: region)
    return try AlphaTests.values(of: &reader, count: count)
  }

  /// Every arrangement of every kind of values, in both byte orders and both sizes of places.
  @Test(arguments: [1, 2, 3, 4], [8, 16])
  func everyArrangementOfValuesIsRead(samples: Int, bits: Int) throws {
    var generator = SplitMix64(seed: 81)
    for (width, height) in [(1, 1), (16, 16), (37, 21)] {
      var tiff = TestTIFF.random(
        width: width, height: height, samples: samples, bits: bits, using: &generator)
      if samples % 2 == 0 { tiff.extraSample = 2 }
      let expected = tiff.values.map { UInt16($0) }
      for arrangement in 0..<16 {
        tiff.isTiled = arrangement & 1 != 0
        tiff.isSeparate = arrangement & 2 != 0
        tiff.isBigEndian = arrangement & 4 != 0
        tiff.isBig = arrangement & 8 != 0
        let values = try Self.values(of: tiff.bytes, count: arrangement % 3 + 1)
        #expect(values == expected, "arrangement \(arrangement) of \(width) × \(height)")
      }
    }
  }

  /// Values of a few bits, white as 0, and palettes.
  @Test(arguments: [1, 2, 4, 8], [false, true])
  func smallValuesAreScaled(bits: Int, isTiled: Bool) throws {
    var generator = SplitMix64(seed: 82)
    let most = 1 << bits - 1
    var tiff = TestTIFF.random(width: 37, height: 21, bits: bits, using: &generator)
    tiff.isTiled = isTiled
    let scaled = tiff.values.map { UInt8($0 * 255 / most) }
    #expect(try Image(decoding: tiff.bytes).pixels == scaled)
    tiff.photometric = 0
    #expect(try Image(decoding: tiff.bytes).pixels == scaled.map { 255 - $0 })
    tiff.photometric = 3
    tiff.colorMap = (0..<3 * (most + 1)).map { _ in Int.random(in: 0...65535, using: &generator) }
    let colors = tiff.values.flatMap { value in
      (0..<3).map { UInt8(tiff.colorMap[$0 * (most + 1) + value] >> 8) }
    }
    #expect(try Image(decoding: tiff.bytes).pixels == colors)
  }

  @Test func whiteMayBeZeroInSixteenBitsToo() throws {
    var generator = SplitMix64(seed: 83)
    var tiff = TestTIFF.random(width: 9, height: 7, bits: 16, using: &generator)
    tiff.photometric = 0
    #expect(try DeepImage(decoding: tiff.bytes).values == tiff.values.map { UInt16(65535 - $0) })
  }

  /// Over white, as PNG has it; colors that were multiplied by alpha are divided where it is kept.
  @Test func alphaIsCompositedOverWhite() throws {
    let colors = [[200, 100, 0, 51], [10, 20, 30, 255], [0, 0, 0, 0]]
    var tiff = TestTIFF(width: 3, height: 1, values: colors.flatMap { $0 }, samples: 4)
    (tiff.photometric, tiff.extraSample) = (2, 2)
    let over = colors.flatMap { color in
      color[..<3].map { (value: Int) -> UInt8 in
        let sum = value * color[3] + 255 * (255 - color[3])
        return UInt8((Double(sum) / 255).rounded())
      }
    }
    let straight = colors.map { $0[..<3] }.joined().map { UInt8($0) }
    #expect(try Image(decoding: tiff.bytes).pixels == over)
    // Without a meaning, the sample is ignored.
    tiff.extraSample = 0
    #expect(try Image(decoding: tiff.bytes).pixels == straight)
    tiff.extraSample = 1
    tiff.values = colors.flatMap { color in color[..<3].map { $0 * color[3] / 255 } + [color[3]] }
    #expect(try Image(decoding: tiff.bytes).pixels == over)
    #expect(try Self.values(of: tiff.bytes) == colors.joined().map { UInt16($0) })
  }

  @Test(arguments: 1...8, [false, true])
  func orientationsAreApplied(orientation: Int, isTiled: Bool) throws {
    var generator = SplitMix64(seed: 84)
    let upright = Image.random(width: 21, height: 18, channels: 3, using: &generator)
    let stored = TestEXIF.stored(upright, orientation: orientation)
    var tiff = TestTIFF(
      width: stored.width, height: stored.height, values: stored.pixels.map(Int.init), samples: 3)
    (tiff.photometric, tiff.orientation, tiff.isTiled) = (2, orientation, isTiled)
    let bytes = tiff.bytes
    #expect(try Image(decoding: bytes) == upright)
    #expect(try ImageReaderTests.rows(of: bytes, count: 4) == upright)
    // A part of it, decoded alone.
    let region = PixelRegion(left: 3, top: 5, width: 17, height: 9)
    var reader = try ImageReader(decoding: bytes, region: region)
    let part = try ImageReaderTests.remainingRows(of: &reader, count: 2)
    #expect(part == upright.cropped(x: 3, y: 5, width: 17, height: 9))
  }

  /// Regions of every place and size, with rows skipped, in every format.
  @Test func regionsAreThoseOfTheWhole() throws {
    var generator = SplitMix64(seed: 85)
    let image = Image.random(width: 40, height: 35, channels: 3, using: &generator)
    var tiff = TestTIFF(width: 40, height: 35, values: image.pixels.map(Int.init), samples: 3)
    tiff.photometric = 2
    var files = [try image.pngData()]
    for arrangement in 0..<4 {
      (tiff.isTiled, tiff.isSeparate) = (arrangement & 1 != 0, arrangement & 2 != 0)
      files.append(tiff.bytes)
    }
    for bytes in files {
      for _ in 0..<40 {
        let left = Int.random(in: 0..<40, using: &generator)
        let top = Int.random(in: 0..<35, using: &generator)
        let width = Int.random(in: 1...40 - left, using: &generator)
        let height = Int.random(in: 1...35 - top, using: &generator)
        let region = PixelRegion(left: left, top: top, width: width, height: height)
        var reader = try ImageReader(decoding: bytes, region: region)
        let skipped = Int.random(in: 0..<height, using: &generator)
        try reader.skipRows(skipped)
        let rest = try ImageReaderTests.remainingRows(of: &reader, count: 3)
        let expected = image.cropped(
          x: left, y: top + skipped, width: width, height: height - skipped)
        #expect(rest == expected, "\(region)")
      }
    }
    #expect(throws: ImageError.self) {
      _ = try ImageReader(
        decoding: files[0], region: PixelRegion(left: 1, top: 0, width: 40, height: 1))
    }
  }

  /// Only the tiles of a region are decoded: others may be damaged, and the limits are the region's.
  @Test func aRegionNeedsNoOtherTiles() throws {
    var generator = SplitMix64(seed: 86)
    var tiff = TestTIFF.random(width: 64, height: 64, using: &generator)
    tiff.isTiled = true
    // Tiles come first, row by row: the second row of them ends the file.
    let region = PixelRegion(left: 17, top: 2, width: 30, height: 13)
    let limits = ImageLimits(maximumPixels: 400, maximumBytes: 1 << 10)
    var reader = try ImageReader(decoding: tiff.bytes, limits: limits, region: region)
    #expect(try ImageReaderTests.remainingRows(of: &reader, count: 13).width == 30)
    #expect(throws: ImageError.self) { _ = try ImageReader(decoding: tiff.bytes, limits: limits) }
  }

  @Test func pagesAndLevelsAreChosen() throws {
    var generator = SplitMix64(seed: 87)
    let sizes = [(40, 30), (20, 15), (10, 8), (33, 5)]
    var pages = sizes.map { size in
      TestTIFF.random(width: size.0, height: size.1, using: &generator)
    }
    for index in [1, 2] { pages[index].isReduced = true }
    pages[0].resolution = (columns: 20_000, rows: 10_000, unit: 3)
    let bytes = TestTIFF.file(pages)
    for (page, level, index) in [(0, 0, 0), (0, 1, 1), (0, 2, 2), (1, 0, 3)] {
      let values = try Self.values(of: bytes, page: page, level: level)
      #expect(values == pages[index].values.map { UInt16($0) })
    }
    let reader = try ImageReader(decoding: bytes, level: 1)
    #expect(reader.levels.map(\.width) == [40, 20, 10])
    #expect(reader.metadata.pixelSize == .init(width: 1, height: 2))
    for (page, level) in [(2, 0), (0, 3), (1, 1), (70_000, 0)] {
      let error = #expect(throws: ImageError.self) {
        _ = try ImageReader(decoding: bytes, page: page, level: level)
      }
      #expect(error?.kind == .unreadable)
      #expect(error?.reason.contains("there is no") == true)
    }
  }

  /// OME-XML stands in the first directory and describes all planes of a picture.
  @Test func pagesHaveTheSizeOfOMEOfTheFirst() throws {
    func size(_ page: Int, pictures: Int, own: String? = nil) throws -> PictureMetadata.PixelSize? {
      var pages = [1, 2, 3].map {
        TestTIFF(width: $0, height: 1, values: [Int](repeating: 0, count: $0))
      }
      for index in pages.indices { pages[index].resolution = (columns: 300, rows: 300, unit: 2) }
      let pixels = #"<Pixels PhysicalSizeX="0.5" PhysicalSizeY="0.25"/>"#
      pages[0].description =
        "<OME>" + String(repeating: "<Image>\(pixels)</Image>", count: pictures) + "</OME>"
      pages[2].description = own
      return try ImageReader(decoding: TestTIFF.file(pages), page: page).metadata.pixelSize
    }
    for page in 0...2 {
      #expect(try size(page, pictures: 1) == .init(width: 0.5, height: 0.25))
    }
    #expect(try size(2, pictures: 1, own: "Aperio |MPP = 2") == .init(width: 2, height: 2))
    // Which of several pictures a page is of is not known.
    let width = try #require(size(1, pictures: 2)?.width)
    #expect(abs(width - 25_400 / 300) < 1e-3)
  }

  @Test func pixelSizesOfEveryKindAreRead() throws {
    func metadata(_ change: (inout TestTIFF) -> Void) throws -> PictureMetadata {
      var tiff = TestTIFF(width: 1, height: 1, values: [0])
      change(&tiff)
      return try ImageReader(decoding: tiff.bytes).metadata
    }
    let inches = try metadata { $0.resolution = (50_800, 25_400, 2) }
    #expect(inches.pixelSize == .init(width: 0.5, height: 1))
    let unknown = try metadata { $0.resolution = (50_800, 25_400, 1) }
    #expect(unknown.pixelSize == nil)
    let imageJ = try metadata {
      $0.resolution = (4, 2, 1)
      $0.description = "ImageJ=1.53t\nunit=micron\nmin=0\n"
    }
    #expect(imageJ.pixelSize == .init(width: 0.25, height: 0.5))
    let ome =
      "<?xml version=\"1.0\"?><OME><Image><Pixels SizeX=\"1\" PhysicalSizeX=\"250\" "
      + "PhysicalSizeXUnit=\"nm\" PhysicalSizeY=\"5e-1\" SizeY=\"1\"/></Image></OME>"
    let described = try metadata {
      $0.resolution = (72, 72, 2)
      $0.description = ome
    }
    #expect(described.pixelSize == .init(width: 0.25, height: 0.5))
    let aperio = try metadata { $0.description = "Aperio\r\n|AppMag = 20|MPP = 0.4990|Left = 1" }
    #expect(aperio.micronsPerPixel == 0.499)
    let profile = TestProfile.bytes(colors: "GRAY")
    #expect(try metadata { $0.profile = profile }.colorProfile == profile)
    #expect(try metadata { $0.profile = TestProfile.bytes() }.colorProfile == nil)
  }

  /// What is cut off, anywhere, is an error with a line of text, never a picture.
  @Test(arguments: [false, true])
  func truncatedFilesAreErrors(isTiled: Bool) throws {
    var generator = SplitMix64(seed: 88)
    var tiff = TestTIFF.random(width: 20, height: 20, samples: 3, using: &generator)
    tiff.isTiled = isTiled
    let bytes = tiff.bytes
    for count in stride(from: 0, to: bytes.count - 4, by: 13) {
      let error = #expect(throws: ImageError.self) { try Image(decoding: Array(bytes[..<count])) }
      #expect(error.map { !$0.description.contains("\n") } == true)
    }
  }

  @Test func kindsThatAreNotReadAreNamed() throws {
    var tiff = TestTIFF(width: 1, height: 1, values: [0], bits: 32)
    for (change, words) in [
      ({ _ in }, "32 bits"),
      (
        {
          $0.bits = 8; $0.photometric = 5
        }, "colors"
      ),
      ({ $0.photometric = 2 }, "too few samples"),
    ] as [((inout TestTIFF) -> Void, String)] {
      change(&tiff)
      let bytes = tiff.bytes
      let error = #expect(throws: ImageError.self) { try Image(decoding: bytes) }
      #expect(error?.reason.contains(words) == true, "\(error?.reason ?? "")")
    }
  }
}
