import Cajal
import Foundation
import Testing

/// `cajal compare` with pictures of every depth.
@Suite struct CompareTests {
  private struct Output: Decodable {
    struct Picture: Decodable {
      let name: String
      let exact: Bool
      let psnr: Double?
      let ssim: Double?
      let mean_squared_error: Double
    }

    let bits: Int
    let range: Int
    let pictures: [Picture]
    let notes: [String]
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A picture of 16 bits, all of whose values are `shift` more than those of another.
  private func deep(_ name: String, top: Int = 4000, shift: Int = 0) throws -> String {
    try folder.write(
      DeepPNG.encoded(width: 16, height: 16) { x, y in (x * 16 + y) * top / 255 + shift }, to: name)
  }

  private func json(_ arguments: [String]) throws -> (Output, object: [String: Any], String) {
    let outcome = try CajalProcess.run(["compare"] + arguments + ["--json"])
    try #require(outcome.status == 0, "\(outcome.errors)")
    let data = Data(outcome.output.utf8)
    let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return (
      try JSONDecoder().decode(Output.self, from: data), try #require(object), outcome.errors
    )
  }

  /// 8 bits would show no error at all.
  @Test func sixteenBitsAreMeasured() throws {
    let target = try deep("target.png", top: 60_000)
    let shifted = try deep("shifted.png", top: 60_000, shift: 30)
    let (output, _, errors) = try json([target, shifted])
    let picture = try #require(output.pictures.first)
    #expect(output.bits == 16 && output.range == 65535 && picture.mean_squared_error == 900)
    #expect(abs((picture.psnr ?? 0) - 66.7869) < 1e-3 && !picture.exact)
    #expect(errors.isEmpty && output.notes.isEmpty)
    let table = try CajalProcess.run(["compare", target, shifted])
    #expect(table.output.contains("66.79") && table.output.contains("data range 65535, 16-bit"))
  }

  @Test func theRangeIsSaidAndChosen() throws {
    let target = try deep("target.png")
    let shifted = try deep("shifted.png", shift: 8)
    let (whole, _, errors) = try json([target, shifted])
    // 20 log10(65535 / 8) and 20 log10(4095 / 8).
    #expect(abs((whole.pictures.first?.psnr ?? 0) - 78.2673) < 1e-3)
    #expect(errors.contains("12 of 16 bits") && errors.contains("--range 4095"))
    #expect(whole.notes.count == 1)
    let (chosen, _, none) = try json([target, shifted, "--range", "4095"])
    #expect(abs((chosen.pictures.first?.psnr ?? 0) - 54.1833) < 1e-3 && chosen.range == 4095)
    #expect(none.isEmpty)
    let (low, _, warning) = try json([target, shifted, "--range", "255"])
    #expect(low.range == 255 && warning.contains("4008, is above --range 255"))
    for range in ["0", "65536", "-1", "x"] {
      let refused = try CajalProcess.run(["compare", target, shifted, "--range=\(range)"])
      #expect(refused.status == 2 && refused.errors.contains("--range"))
    }
  }

  /// 8 bits against 16: full scale is full scale, for both.
  @Test func depthsAreMixed() throws {
    let shallow = Image(width: 16, height: 16, channels: 1, pixels: (0...255).map { UInt8($0) })
    let eight = try folder.write(shallow.pngData(), to: "eight.png")
    func sixteen(_ name: String, _ white: Int) throws -> String {
      try folder.write(
        DeepPNG.encoded(width: 16, height: 16) { x, y in
          (Double(y * 16 + x) * Double(white) / 255).rounded().int
        }, to: name)
    }
    let wide = try sixteen("wide.png", 65535)
    for arguments in [[eight, wide], [wide, eight]] {
      let (output, _, _) = try json(arguments)
      #expect(output.bits == 16 && output.range == 65535 && output.pictures[0].exact)
    }
    let camera = try sixteen("camera.png", 4095)
    let (output, _, _) = try json([camera, eight, "--range", "4095"])
    #expect(output.pictures[0].exact)
  }

  /// What has no number is null, and everything else is a number.
  @Test func exactPicturesAreNumericInJSON() throws {
    let target = try deep("target.png")
    let (output, object, _) = try json([target, target, try deep("other.png", shift: 1)])
    #expect(output.pictures.map(\.exact) == [true, false])
    #expect(output.pictures[0].psnr == nil && output.pictures[0].ssim == 1)
    let pictures = try #require(object["pictures"] as? [[String: Any]])
    #expect(pictures[0]["psnr"] is NSNull && pictures[0]["mean_squared_error"] is NSNumber)
    #expect(pictures[1]["psnr"] is NSNumber)
  }

  @Test func colorIsMeasuredInEitherOrder() throws {
    let gray = Image(width: 16, height: 16, channels: 1, filledWith: 100)
    var color = gray.converted(toChannels: 3)
    // The luma stays nearly as it is.
    for x in 0..<16 { for y in 0..<16 { color[x, y, 0] = 160; color[x, y, 1] = 70 } }
    let paths = try [gray, color].enumerated().map {
      try folder.write($1.pngData(), to: "\($0).png")
    }
    let (there, _, _) = try json([paths[0], paths[1]])
    let (back, _, _) = try json([paths[1], paths[0]])
    #expect(there.pictures[0].mean_squared_error == (3600 + 900) / 3)
    #expect(there.pictures[0].psnr == back.pictures[0].psnr)
    #expect(there.pictures[0].ssim == back.pictures[0].ssim)
  }

  /// The usual filters work in the depth of the pictures, and the panel is drawn in the range.
  @Test func filtersAndPanelsAreOfTheSameRange() throws {
    let target = try folder.write(
      DeepPNG.encoded(width: 16, height: 16) { _, _ in 2005 }, to: "target.png")
    let input = try folder.write(
      DeepPNG.encoded(width: 4, height: 4) { _, _ in 2005 }, to: "small.png")
    let panel = folder.path + "/panel.png"
    let (output, _, _) = try json([
      target, target, "--input", input, "--range", "4095", "-o", panel,
    ])
    #expect(
      output.pictures.map(\.name) == ["nearest", "bilinear", "bicubic", "lanczos3", "target.png"])
    #expect(output.pictures.allSatisfy { $0.exact })
    let drawn = try Image(contentsOf: panel)
    // 2005 of 4095 is 125 of 255.
    #expect(drawn.pixels.count { $0 == 125 } >= 6 * 16 * 16 * 3)
  }
}

extension Double {
  fileprivate var int: Int { Int(self) }
}
