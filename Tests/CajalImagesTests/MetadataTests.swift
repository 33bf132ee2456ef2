import CajalImages
import CajalSupport
import Testing

@Suite struct MetadataTests {
  static let size = PictureMetadata.PixelSize(width: 0.5, height: 0.25)

  /// Writes a picture of one color and returns the bytes.
  static func written(
    _ name: String, channels: Int = 3, metadata: PictureMetadata
  ) throws -> [UInt8] {
    try withTemporaryDirectory { directory in
      let path = directory + "/" + name
      try ImageWriter.write(
        to: path, width: 3, height: 2, channels: channels, metadata: metadata
      ) { try $0.append(Image(width: 3, height: 2, channels: channels, filledWith: 128)) }
      return try Files.read(path)
    }
  }

  @Test(arguments: ["a.png", "a.jpg"], [1, 3])
  func pixelSizeAndProfileComeBack(name: String, channels: Int) throws {
    // The larger one needs several markers in JPEG.
    for size in [132, 200_000] {
      let metadata = PictureMetadata(
        pixelSize: Self.size,
        colorProfile: TestProfile.bytes(colors: channels == 1 ? "GRAY" : "RGB ", size: size))
      let bytes = try Self.written(name, channels: channels, metadata: metadata)
      let read = try ImageReader(decoding: bytes).metadata
      #expect(read == metadata)
      #expect(read.micronsPerPixel == 0.375)
    }
  }

  @Test(arguments: ["a.png", "a.jpg"])
  func withoutMetadataNothingIsAdded(name: String) throws {
    let image = Image(width: 3, height: 2, channels: 3, filledWith: 128)
    let bytes = try Self.written(name, metadata: PictureMetadata())
    #expect(try bytes == (name == "a.png" ? image.pngData() : image.jpegData()))
    let read = try ImageReader(decoding: bytes).metadata
    #expect(read == PictureMetadata())
  }

  /// A profile of other colors, a truncated one and an absurdly large one are no errors.
  @Test(arguments: ["a.png", "a.jpg"])
  func profilesThatMakeNoSenseAreDropped(name: String) throws {
    let inks = TestProfile.bytes(colors: "CMYK")
    let cut = Array(TestProfile.bytes(size: 300)[..<200])
    let huge = TestProfile.bytes(size: 4 << 20 + 1)
    for profile in [inks, cut, huge, [1, 2, 3]] {
      let bytes = try Self.written(name, metadata: PictureMetadata(colorProfile: profile))
      let read = try ImageReader(decoding: bytes).metadata
      #expect(read.colorProfile == nil)
    }
  }

  @Test func whatJPEGCannotExpressIsLeftOut() throws {
    let fine = PictureMetadata(pixelSize: .init(width: 0.1, height: 0.1))
    let read = try ImageReader(decoding: Self.written("a.jpg", metadata: fine)).metadata
    #expect(read.pixelSize == nil)
    let kept = try ImageReader(decoding: Self.written("a.png", metadata: fine)).metadata
    #expect(kept == fine)
  }

  /// 72 dots per inch and the like say nothing about a microscope.
  @Test func resolutionsOfScreensAreNotThoseOfMicroscopes() throws {
    let inch = 25_400.0
    for (dots, isReal) in [(72.0, false), (300, false), (1270, true)] {
      let size = PictureMetadata.PixelSize(width: inch / dots, height: inch / dots)
      let metadata = PictureMetadata(pixelSize: size)
      #expect((metadata.micronsPerPixel != nil) == isReal)
      let read = try ImageReader(decoding: Self.written("a.png", metadata: metadata)).metadata
      #expect(abs((read.pixelSize?.width ?? 0) / (inch / dots) - 1) < 1e-3)
    }
  }

  @Test func scalingDividesThePixelSize() {
    let metadata = PictureMetadata(pixelSize: Self.size)
    #expect(metadata.scaled(columns: 4, rows: 2).pixelSize?.width == 0.125)
    #expect(metadata.scaled(columns: 4, rows: 2).pixelSize?.height == 0.125)
  }

  /// The size of pixels of a camera's JPEG without a JFIF header, and of one that is turned.
  @Test func theResolutionOfEXIFIsRead() throws {
    let image = Image(width: 3, height: 2, channels: 1, filledWith: 9)
    // Without its JFIF marker of 18 bytes.
    let jpeg = try image.jpegData()
    let bare = jpeg[..<2] + jpeg[20...]
    for isBigEndian in [true, false] {
      var exif = TestEXIF(orientation: 6, isBigEndian: isBigEndian)
      exif.resolution = (columns: (20_000, 1), rows: (80_000, 2), unit: 3)
      let bytes = TestEXIF.jpeg(Array(bare), exif: exif.bytes)
      let read = try ImageReader(decoding: bytes)
      #expect((read.width, read.height) == (2, 3))
      #expect(read.metadata.pixelSize == .init(width: 0.25, height: 0.5))
      exif.resolution?.unit = 1
      let unknown = try ImageReader(decoding: TestEXIF.jpeg(Array(bare), exif: exif.bytes)).metadata
      #expect(unknown.pixelSize == nil)
      exif.resolution = (columns: (1, 0), rows: (0, 0), unit: 2)
      let absurd = try ImageReader(decoding: TestEXIF.jpeg(Array(bare), exif: exif.bytes)).metadata
      #expect(absurd.pixelSize == nil)
    }
  }
}
