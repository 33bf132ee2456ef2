import CajalImages
import CajalSupport
import Testing

@testable import CajalProblems

/// Pictures whose files say how large a pixel is, levels and regions.
@Suite struct FileResolutionTests {
  private func write(
    _ image: Image, to path: String, microns: Double, isPyramid: Bool = false
  ) throws {
    try ImageWriter.write(
      to: path, width: image.width, height: image.height, channels: image.channels,
      tiff: TIFFOptions(isPyramid: isPyramid),
      metadata: PictureMetadata(pixelSize: .init(width: microns, height: microns))
    ) { try $0.append(image) }
  }

  private func make(
    _ folder: String, _ name: String, _ change: (inout DataOptions) -> Void = { _ in }
  ) throws -> Dataset {
    var options = DataOptions(evaluationFraction: 0)
    change(&options)
    return try tinyProblem.generateData(
      from: .images(in: folder), to: folder + "/" + name, options: options)
  }

  private func tiles(_ data: Dataset) throws -> Set<[UInt8]> {
    try Set(data.trainingTiles.map { try $0.image(for: data.problem).pixels })
  }

  /// Means over areas, exactly: each pixel is repeated `denominator` times, and blocks of `numerator`
  /// are averaged.
  private func averaged(_ image: Image, by numerator: Int, over denominator: Int) -> Image {
    let (width, height) = (
      image.width * denominator / numerator, image.height * denominator / numerator
    )
    var result = Image(width: width, height: height, channels: image.channels)
    for y in 0..<height {
      for x in 0..<width {
        for channel in 0..<image.channels {
          var sum = 0
          for row in y * numerator..<(y + 1) * numerator {
            for column in x * numerator..<(x + 1) * numerator {
              sum += Int(image[column / denominator, row / denominator, channel])
            }
          }
          let area = numerator * numerator
          result[x, y, channel] = UInt8((2 * sum + area) / (2 * area))
        }
      }
    }
    return result
  }

  @Test(arguments: [(1, 1), (5, 4), (13, 5), (3, 1), (7, 3)])
  func areasAreAveragedExactly(numerator: Int, denominator: Int) throws {
    let image = noise(3, width: 47, height: 41)
    let expected = averaged(image, by: numerator, over: denominator)
    var scaler = AreaScaler(
      width: 47, height: 41, channels: 3, factor: Double(numerator) / Double(denominator))
    #expect((scaler.width, scaler.height) == (expected.width, expected.height))
    var taken = -1
    for row in 0..<scaler.height where row % 5 != 3 {
      let pixels = scaler.row(row) { place in
        #expect(place > taken)
        taken = place
        return image.cropped(x: 0, y: place, width: 47, height: 1).pixels
      }
      let wanted = expected.cropped(x: 0, y: row, width: expected.width, height: 1).pixels
      // A half may go either way by rounding.
      #expect(zip(pixels, wanted).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
      #expect(zip(pixels, wanted).count { $0 != $1 } <= 2)
    }
  }

  @Test func picturesComeToTheResolutionThatTheirFilesSay() throws {
    try withTemporaryDirectory { folder in
      let image = noise(5, width: 131, height: 109)
      try write(image, to: folder + "/a.tif", microns: 0.25)
      let data = try make(folder, "data") { $0.micronsPerPixel = 0.65 }
      #expect(data.summary.micronsPerPixel == 0.65)
      #expect(
        data.summary.resolutions == [
          DataSummary.Resolution(micronsPerPixel: 0.25, reduction: 1, pictureCount: 1, factor: 2.6)
        ])
      #expect(PictureDataRecord(data).micronsPerPixel == 0.65)
      // Made in the same way, the data are there already; in another way, they are others.
      _ = try make(folder, "data") { $0.micronsPerPixel = 0.65 }
      #expect(errorText { try make(folder, "data") }?.contains("at 0.65 µm per pixel") == true)
      try Files.createDirectory(folder + "/plain")
      try averaged(image, by: 13, over: 5).write(to: folder + "/plain/a.png")
      let plain = try make(folder + "/plain", "data")
      #expect(plain.trainingTiles.count == data.trainingTiles.count)
      // Halves may be rounded either way.
      let differing = try tiles(data).symmetricDifference(tiles(plain))
      #expect(differing.count <= 2)
      #expect(plain.summary.micronsPerPixel == nil)
      #expect(data.fingerprint.pictures != plain.fingerprint.pictures)
    }
  }

  /// Without the option, what files say is noted, where they agree.
  @Test func theResolutionOfFilesIsRecorded() throws {
    try withTemporaryDirectory { folder in
      try write(noise(1, width: 64, height: 64), to: folder + "/a.tif", microns: 0.5)
      try write(noise(2, width: 64, height: 64), to: folder + "/b.png", microns: 0.6)
      let data = try make(folder, "data")
      #expect(data.summary.micronsPerPixel == 0.55)
      #expect(data.summary.resolutions == nil)
      let read = try DataSummary(directory: folder + "/data")
      #expect(read == data.summary)
      try write(noise(3, width: 64, height: 64), to: folder + "/c.tif", microns: 2)
      #expect(try make(folder, "other").summary.micronsPerPixel == nil)
    }
  }

  @Test func levelsAndRegionsAreTaken() throws {
    try withTemporaryDirectory { folder in
      let image = noise(7, width: 700, height: 300)
      try write(image, to: folder + "/a.tif", microns: 0.25, isPyramid: true)
      let level = try ImageReader(contentsOf: folder + "/a.tif", level: 1)
      #expect((level.width, level.height, level.downsample) == (350, 150, 2))
      let region = PixelRegion(left: 11, top: 30, width: 100, height: 64)
      let data = try make(folder, "data") {
        $0.level = 1
        $0.region = region
      }
      #expect(data.summary.micronsPerPixel == 0.5)
      var reader = try ImageReader(contentsOf: folder + "/a.tif", level: 1, region: region)
      try Files.createDirectory(folder + "/plain")
      try #require(try reader.readRows(64)).write(to: folder + "/plain/a.png")
      #expect(try tiles(data) == tiles(make(folder + "/plain", "data")))
      // The region of a PNG file is that of its rows.
      try Files.createDirectory(folder + "/whole")
      try image.write(to: folder + "/whole/a.png")
      let cropped = try make(folder + "/whole", "data") { $0.region = region }
      try Files.createDirectory(folder + "/part")
      try image.cropped(x: 11, y: 30, width: 100, height: 64).write(to: folder + "/part/a.png")
      #expect(try tiles(cropped) == tiles(make(folder + "/part", "data")))
      let message = errorText { try make(folder + "/whole", "more") { $0.level = 1 } }
      #expect(message?.contains("it has a single picture") == true, "\(message ?? "")")
      let outside = errorText {
        try make(folder, "out") { $0.region = PixelRegion(left: 0, top: 0, width: 701, height: 9) }
      }
      #expect(outside?.contains("does not lie in its 700 × 300 pixels") == true)
    }
  }
}
