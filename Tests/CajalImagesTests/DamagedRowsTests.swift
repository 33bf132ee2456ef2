import CajalSupport
import CajalImages
import Foundation
import Testing

@Suite struct DamagedRowsTests {
  /// A small file of every kind.
  static func files() throws -> [[UInt8]] {
    let interlaced = TestPNG(
      width: 9, height: 7, colorType: .palette, bitDepth: 4, isInterlaced: true,
      samples: (0..<63).map { $0 % 16 }, palette: (0..<48).map { UInt8(5 * $0) },
      transparency: [0, 100])
    return try [DamagedImageTests.sample(channels: 3).pngData(), interlaced.encoded()]
      + TestJPEG.allCases.map(\.bytes)
  }

  /// TIFF files of every arrangement, with their directory behind the pixels.
  static func tiffs() -> [[UInt8]] {
    var generator = SplitMix64(seed: 46)
    return (0..<16).map { arrangement in
      var tiff = TestTIFF.random(
        width: 21, height: 18, samples: arrangement % 4 + 1, bits: arrangement < 8 ? 8 : 16,
        using: &generator)
      (tiff.isTiled, tiff.isSeparate) = (arrangement & 4 != 0, arrangement & 2 != 0)
      (tiff.isBig, tiff.isBigEndian) = (arrangement & 8 != 0, arrangement & 1 != 0)
      tiff.extraSample = tiff.samples % 2 == 0 ? 2 : nil
      tiff.profile = TestProfile.bytes(colors: tiff.samples > 2 ? "RGB " : "GRAY")
      return tiff.bytes
    }
  }

  /// Reads all rows, `count` at a time, into `pixels`, and returns what stopped the reading.
  static func read(
    _ bytes: [UInt8], count: Int, into pixels: inout [UInt8], limits: ImageLimits = .default
  ) -> ImageError? {
    do throws(ImageError) {
      var reader = try ImageReader(decoding: bytes, name: "cut", limits: limits)
      do throws(ImageError) {
        while let strip = try reader.readRows(count) { pixels += strip.pixels }
        return nil
      } catch {
        let (failed, row) = (error, reader.nextRow)
        // Once damaged, always damaged.
        do throws(ImageError) {
          _ = try reader.readRows(count)
          Issue.record("read on after \(failed)")
        } catch {
          #expect(error == failed)
        }
        #expect(reader.nextRow == row)
        return failed
      }
    } catch {
      return error
    }
  }

  /// Wherever a file ends too early, the rows before it are right, and the reading is stopped.
  @Test(arguments: [1, 3, 1000])
  func everyTruncationStopsTheReading(count: Int) throws {
    for bytes in try Self.files() {
      let whole = try Image(decoding: bytes)
      var most = 0
      for length in 0..<bytes.count {
        var pixels: [UInt8] = []
        let error = Self.read(Array(bytes[..<length]), count: count, into: &pixels)
        #expect(error != nil, "\(length) of \(bytes.count) bytes")
        #expect(error?.description.hasPrefix("cut: ") == true)
        #expect(error?.kind == .damaged || length < 8)
        #expect(whole.pixels.starts(with: pixels))
        most = max(most, pixels.count)
      }
      // The last rows are not handed out before what follows them is there.
      #expect(most < whole.pixels.count)
    }
  }

  /// Bytes changed at random: by rows and as a whole, the same is read or both are refused.
  @Test func changedBytesAreJudgedAlike() throws {
    var generator = SplitMix64(seed: 45)
    let limits = ImageLimits(maximumPixels: 100_000)
    for original in try Self.files() + Self.tiffs() {
      for _ in 0..<400 {
        var bytes = original
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          let index = Int.random(in: 3..<bytes.count, using: &generator)
          bytes[index] = .random(in: 0 ... .max, using: &generator)
        }
        var pixels: [UInt8] = []
        let error = Self.read(bytes, count: 2, into: &pixels, limits: limits)
        do throws(ImageError) {
          let whole = try Image(decoding: bytes, name: "cut", limits: limits)
          #expect(error == nil && whole.pixels == pixels)
        } catch let wholeError {
          #expect(error == wholeError)
        }
      }
    }
  }

  /// By rows, memory is limited by the row; what must be held whole, by the whole.
  @Test func limitsAreThoseOfWhatIsHeld() throws {
    func error(_ bytes: [UInt8], _ limits: ImageLimits) -> ImageError? {
      var pixels: [UInt8] = []
      return Self.read(bytes, count: 2, into: &pixels, limits: limits)
    }
    // 20 × 16 pixels of three values.
    let png = try DamagedImageTests.sample(channels: 3).pngData()
    #expect(error(png, ImageLimits(maximumBytes: 60)) == nil)
    for limits in [
      ImageLimits(maximumBytes: 59), ImageLimits(maximumPixels: 319), ImageLimits(maximumSide: 19),
    ] {
      let kind = error(png, limits)?.kind
      #expect(kind == .tooLarge)
    }
    let interlaced = try Self.files()[1]
    #expect(error(interlaced, ImageLimits(maximumBytes: 9 * 7 * 3)) == nil)
    #expect(error(interlaced, ImageLimits(maximumBytes: 9 * 7 * 3 - 1))?.kind == .tooLarge)
    // Progressive, and changed to declare 60 000 rows: 3.8 MB of values, but libjpeg would hold
    // 5.8 MB of coefficients. With enough memory, it is found out that they are not there.
    var tall = TestJPEG.progressiveColor.bytes
    let frame = try #require(tall.indices.first { tall[$0...].starts(with: [0xFF, 0xC2]) })
    tall.replaceSubrange(frame + 5...frame + 6, with: [0xEA, 0x60])
    let refused = error(tall, ImageLimits(maximumBytes: 4_000_000))
    #expect(refused?.kind == .tooLarge)
    #expect(refused?.reason.contains("memory") == true)
    #expect(error(tall, ImageLimits(maximumBytes: 8_000_000))?.kind != .tooLarge)
  }

  @Test func filesAreLimitedAndNamed() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.png"
      let bytes = try DamagedImageTests.sample(channels: 3).pngData()
      try Files.writeAtomically(to: path, bytes)
      var reader = try ImageReader(
        contentsOf: path, limits: ImageLimits(maximumFileBytes: bytes.count))
      #expect(try ImageReaderTests.remainingRows(of: &reader, count: 4) == Image(decoding: bytes))

      func error(_ path: String, _ limits: ImageLimits = .default) -> ImageError? {
        #expect(throws: ImageError.self) { _ = try ImageReader(contentsOf: path, limits: limits) }
      }
      let long = error(path, ImageLimits(maximumFileBytes: bytes.count - 1))
      #expect(long?.kind == .tooLarge)
      #expect(long?.description.hasPrefix("\(path): the file is longer than") == true)
      #expect(error(directory)?.description == "\(directory): cannot be read: Is a directory")
      #expect(
        error(directory + "/b")?.description
          == "\(directory)/b: cannot be read: No such file or directory")
      // Devices tell no length beforehand, and this one has no end.
      #expect(error("/dev/zero", ImageLimits(maximumFileBytes: 1000))?.kind == .tooLarge)
    }
  }

  @Test func declaredSizesCostNothing() throws {
    let hollow = TestPNG(width: 60_000, height: 60_000, colorType: .rgb, bitDepth: 8, samples: [])
      .encodedHeaderOnly()
    var pixels: [UInt8] = []
    #expect(Self.read(hollow, count: 1, into: &pixels)?.kind == .tooLarge)
    let limits = ImageLimits(maximumPixels: .max)
    #expect(Self.read(hollow, count: 1, into: &pixels, limits: limits)?.kind == .damaged)
  }
}
