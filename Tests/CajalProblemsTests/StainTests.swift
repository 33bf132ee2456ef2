import CajalImages
import CajalTensor
import Foundation
import Testing

@testable import CajalProblems

@Suite struct StainTests {
  /// The densities of haematoxylin and eosin as Ruifrok and Johnston measured them.
  static let blue = [0.65, 0.70, 0.29], pink = [0.07, 0.99, 0.11]

  /// Pixels with random concentrations of two stains, many of them with one alone.
  static func pixels(_ count: Int, seed: UInt64) -> (pixels: [UInt8], concentrations: [[Double]]) {
    var random = RandomStream(RandomKey(seed: seed, stream: 0x57A1))
    var pixels: [UInt8] = []
    var concentrations: [[Double]] = []
    for index in 0..<count {
      var amounts = (0..<2).map { _ in Double.random(in: 0.3...1.5, using: &random) }
      if index % 3 < 2 { amounts[index % 3] = 0 }
      concentrations.append(amounts)
      for channel in 0..<3 {
        let density = amounts[0] * blue[channel] + amounts[1] * pink[channel]
        pixels.append(UInt8((255 * exp(-density)).rounded()))
      }
    }
    return (pixels, concentrations)
  }

  static func angle(_ left: [Double], _ right: [Double]) -> Double {
    let dot = zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    let norms = [left, right].map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    return acos(min(1, dot / (norms[0] * norms[1]))) * 180 / .pi
  }

  /// The colors that pixels were mixed of come back within a few degrees: values are rounded to
  /// integers, pixels that are pale in one channel are left out, and the method cuts off the
  /// extreme 1 %.
  @Test(arguments: [1, 2, 3] as [UInt64]) func theMixedColorsAreFound(seed: UInt64) throws {
    let (pixels, _) = Self.pixels(20_000, seed: seed)
    // With more glass than tissue, which must not matter.
    let glass = [UInt8](repeating: 250, count: 3 * 30_000)
    for sample in [pixels, pixels + glass] {
      let stains = try #require(StainSeparation(of: sample))
      #expect(Self.angle(stains.densities[0], Self.blue) < 4, "\(stains), seed \(seed)")
      #expect(Self.angle(stains.densities[1], Self.pink) < 8, "\(stains), seed \(seed)")
    }
  }

  @Test func thePictureOfAStainIsItsConcentration() {
    let stains = StainSeparation(densities: [
      Self.blue.map { 1.5 * $0 }, Self.pink.map { 1.5 * $0 },
    ])
    let (pixels, concentrations) = Self.pixels(600, seed: 7)
    let image = Image(width: 30, height: 20, channels: 3, pixels: pixels)
    for stain in 0..<2 {
      let picture = stains.picture(ofStain: stain, in: image)
      #expect(picture.channels == 1)
      for (value, amounts) in zip(picture.pixels, concentrations) {
        // A value of 20 is exact to 1 in 40, its density to 0.025; the inverse of these colors adds
        // little.
        #expect(abs(Double(value) - 255 * (1 - amounts[stain] / 1.5)) < 255 * 0.05)
      }
    }
    let glass = Image(width: 2, height: 1, channels: 3, filledWith: 255)
    #expect(stains.picture(in: glass).pixels == [255, 255])
  }

  @Test func whatHasNotTwoStainsHasNone() {
    #expect(StainSeparation(of: []) == nil)
    #expect(StainSeparation(of: [UInt8](repeating: 250, count: 3000)) == nil)
    // One color, and fewer pixels than can be relied on.
    #expect(StainSeparation(of: [UInt8](repeating: 120, count: 3000)) == nil)
    #expect(StainSeparation(of: Self.pixels(40, seed: 1).pixels) == nil)
  }

  /// Three sections of two dyes.
  private static let sections = PictureSource.pictures(
    (0..<3).map { seed in
      Picture(name: "section-\(seed)") {
        Image(
          width: 128, height: 128, channels: 3,
          pixels: pixels(128 * 128, seed: UInt64(seed)).pixels)
      }
    })

  @Test func dataBringTheirStains() throws {
    try withTemporaryDirectory { folder in
      let data = try AllenBrain(.upsampling(from: 4, to: 16)).setting(["tissue": "everything"])
        .generateData(
          from: Self.sections,
          to: folder + "/data")
      let stains = try #require(data.summary.stains)
      var problem = try AllenBrain(.upsampling(from: 4, to: 16)).setting([
        "tissue": "everything", "color_space": "stain",
      ])
      // The stored tiles are the same, so that the same data serve.
      #expect(
        try problem.generateData(
          from: Self.sections,
          to: folder + "/data"
        ).summary == data.summary)
      let stained = try Dataset(at: folder + "/data", for: problem)
      #expect(
        stained.problem.options["color_space"] == "stain:" + NumberRows.text(stains.densities))
      let (example, colors) = try (
        stained.evaluationExamples[0].example(), data.evaluationExamples[0].example()
      )
      #expect(example.target == stains.picture(in: colors.target))
      #expect(example.input.channels == 1)
      #expect(try stained.problem.preparedInput(colors.target) == example.target)
      // Made again from the options that a run records.
      let remade = try ProblemRegistry.standard.problem(
        named: problem.name, options: stained.problem.options)
      #expect(remade.options == stained.problem.options)
      #expect(
        errorText { try problem.example(from: colors.target, using: &Self.anyStream) }?
          .contains("take the problem of a data set") == true)
      problem.colorSpace = .gray
      #expect(
        try Dataset(at: folder + "/data", for: problem).evaluationExamples[0].example().target
          == colors.target.converted(toChannels: 1))
    }
  }

  private static var anyStream: RandomStream {
    get { RandomStream(RandomKey(seed: 0, stream: 0)) }
    set {}
  }
}
