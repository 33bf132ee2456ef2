import CajalImages
import CajalSupport
import Testing

@Suite struct TIFFWriterTests {
  /// Writes values and returns the bytes of the file.
  static func written(
    _ values: [UInt16], width: Int, height: Int, channels: Int, bitDepth: Int = 8, part: Int = 7,
    options: TIFFOptions = TIFFOptions(), metadata: PictureMetadata = PictureMetadata()
  ) throws -> [UInt8] {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.tif"
      try ImageWriter.write(
        to: path, width: width, height: height, channels: channels, bitDepth: bitDepth,
        tiff: options, metadata: metadata
      ) { writer in
        while writer.nextRow < height {
          let rows = min(part, height - writer.nextRow)
          let start = writer.nextRow * width * channels
          let some = values[start..<start + rows * width * channels]
          if bitDepth == 16 {
            try Array(some).withUnsafeBufferPointer { try writer.append($0) }
          } else {
            try some.map { UInt8($0) }.withUnsafeBufferPointer { try writer.append($0) }
          }
        }
      }
      return try Files.read(path)
    }
  }

  static func random(_ count: Int, bitDepth: Int, using generator: inout SplitMix64) -> [UInt16] {
    (0..<count).map { _ in
      UInt16.random(in: 0...(bitDepth == 8 ? 255 : 65535), using: &generator)
    }
  }

  /// Every width and every height from 1 to 40, and those around tiles, of every kind of values.
  @Test(arguments: [1, 2, 3, 4], [8, 16])
  func everySizeComesBack(channels: Int, bitDepth: Int) throws {
    var generator = SplitMix64(seed: 91)
    let offset = channels + bitDepth / 2
    var sizes = (1...40).filter { ($0 + offset) % 4 == 0 }.flatMap { [($0, 41 - $0), ($0, 1)] }
    sizes += [(256, 3), (257, 2), (3, 256), (2, 257)]
    for (width, height) in sizes {
      let values = Self.random(
        width * height * channels, bitDepth: bitDepth, using: &generator)
      var options = TIFFOptions()
      options.isAlwaysBig = width % 2 == 0
      let bytes = try Self.written(
        values, width: width, height: height, channels: channels, bitDepth: bitDepth,
        options: options)
      #expect(bytes[2] == (width % 2 == 0 ? 43 : 42))
      #expect(try TIFFReaderTests.values(of: bytes) == values, "\(width) × \(height)")
    }
  }

  /// The mean of blocks of four with halves up, written out; the last column and row stand alone.
  static func halved(
    _ values: [UInt16], width: Int, height: Int, channels: Int
  ) -> (values: [UInt16], width: Int, height: Int) {
    let (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2)
    var half: [UInt16] = []
    for y in 0..<halfHeight {
      for x in 0..<halfWidth {
        for channel in 0..<channels {
          var sum = 0.0, count = 0.0
          for row in [2 * y, 2 * y + 1] where row < height {
            for column in [2 * x, 2 * x + 1] where column < width {
              sum += Double(values[(row * width + column) * channels + channel])
              count += 1
            }
          }
          half.append(UInt16((sum / count + 0.5).rounded(.down)))
        }
      }
    }
    return (half, halfWidth, halfHeight)
  }

  @Test(arguments: [(601, 517, 8), (513, 30, 16), (2, 1025, 8)])
  func levelsAreMeansOfTheOneBefore(width: Int, height: Int, bitDepth: Int) throws {
    var generator = SplitMix64(seed: 92)
    let channels = bitDepth == 8 ? 3 : 1
    var level = (
      values: Self.random(width * height * channels, bitDepth: bitDepth, using: &generator),
      width: width, height: height
    )
    let bytes = try Self.written(
      level.values, width: width, height: height, channels: channels, bitDepth: bitDepth)
    let levels = try ImageReader(decoding: bytes).levels
    #expect(max(levels.last?.width ?? 0, levels.last?.height ?? 0) <= 256)
    for index in levels.indices {
      #expect((levels[index].width, levels[index].height) == (level.width, level.height))
      let values = try TIFFReaderTests.values(of: bytes, level: index, count: 100)
      #expect(values == level.values, "level \(index)")
      level = Self.halved(
        level.values, width: level.width, height: level.height, channels: channels)
    }
    // Readers that know nothing of levels find them as pages.
    var options = TIFFOptions()
    options.isPyramid = false
    let single = try Self.written(
      [UInt16](repeating: 0, count: width * height * channels), width: width, height: height,
      channels: channels, bitDepth: bitDepth, part: height, options: options)
    #expect(try ImageReader(decoding: single).levels.count == 1)
  }

  /// Colors count as much as they are opaque.
  @Test func transparentPixelsDoNotBleed() throws {
    let (width, height) = (258, 2)
    var values = [UInt16](repeating: 0, count: width * height * 4)
    for index in 0..<width * height {
      let isOpaque = index % 2 == 0
      let color: [UInt16] = isOpaque ? [200, 100, 50, 255] : [0, 0, 0, 0]
      values.replaceSubrange(4 * index..<4 * index + 4, with: color)
    }
    let bytes = try Self.written(values, width: width, height: height, channels: 4)
    let half = try TIFFReaderTests.values(of: bytes, level: 1)
    #expect(Array(half[..<4]) == [200, 100, 50, 128])
  }

  @Test func metadataComeBack() throws {
    for (channels, colors) in [(1, "GRAY"), (3, "RGB ")] {
      let metadata = PictureMetadata(
        pixelSize: .init(width: 0.2527, height: 0.5),
        colorProfile: TestProfile.bytes(colors: colors, size: 1001))
      let bytes = try Self.written(
        [UInt16](repeating: 9, count: 600 * channels), width: 600, height: 1, channels: channels,
        metadata: metadata)
      #expect(try ImageReader(decoding: bytes).metadata == metadata)
      let half = try ImageReader(decoding: bytes, level: 1).metadata
      #expect(half.pixelSize == .init(width: 0.5054, height: 0.5))
    }
  }

  @Test(arguments: [1, 3])
  func tilesOfJPEGAreThoseOfJPEG(channels: Int) throws {
    let (width, height) = (300, 270)
    let values = (0..<width * height * channels).map { index in
      let (x, y) = (index / channels % width, index / channels / width)
      return UInt16((x * 255 / width + y * 100 / height + index % channels * 30) % 256 / 2 + 60)
    }
    let options = TIFFOptions(compression: .jpeg)
    let bytes = try Self.written(
      values, width: width, height: height, channels: channels, options: options)
    let read = try TIFFReaderTests.values(of: bytes)
    let errors = zip(read, values).map { abs(Int($0) - Int($1)) }
    #expect(errors.reduce(0, +) / errors.count <= 3)
    #expect(bytes.count < 30_000)
    #expect(throws: ImageError.self) {
      try Self.written([0, 0], width: 1, height: 1, channels: 2, options: options)
    }
  }

  /// Tiles are compressed on as many threads as there may be, and written in their order: here more
  /// than are in memory at once, of sizes that differ.
  @Test(arguments: [TIFFOptions.Compression.deflate, .jpeg])
  func bytesDoNotDependOnThreads(compression: TIFFOptions.Compression) throws {
    let (width, height) = (256 * 70 + 9, 40)
    var generator = SplitMix64(seed: 94)
    let noise = Self.random(width * height, bitDepth: 8, using: &generator)
    // From flat to noisy, so that tiles take different times.
    let values = noise.indices.map { UInt16(Int(noise[$0]) * ($0 % width) / width) }
    let files = try [1, 2, 3, 8].map { threads in
      try Threads.limited(to: threads) {
        try Self.written(
          values, width: width, height: height, channels: 1, part: 40,
          options: TIFFOptions(compression: compression))
      }
    }
    #expect(files.allSatisfy { $0 == files[0] })
    if compression == .deflate { #expect(try TIFFReaderTests.values(of: files[3]) == values) }
  }

  /// All places are written in the order of the file, so that a wide picture needs few rows.
  @Test func imagesAreWrittenAsTIFF() throws {
    var generator = SplitMix64(seed: 93)
    let image = Image.random(width: 19, height: 300, channels: 3, using: &generator)
    try withTemporaryDirectory { directory in
      try image.write(to: directory + "/a.tiff")
      #expect(try Image(contentsOf: directory + "/a.tiff") == image)
      #expect(try Files.list(directory) == ["a.tiff"])
    }
  }
}
