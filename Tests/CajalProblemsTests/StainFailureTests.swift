import CajalSupport
import CajalImages
import CajalTensor
import Foundation
import Testing

@testable import CajalProblems

/// Pictures that have not two stains, and what is said of them.
@Suite struct StainFailureTests {
  /// Pixels of two dyes in random amounts, seen with noise.
  static func pixels(
    _ count: Int, _ first: [Double], _ second: [Double], noise: Double, seed: UInt64 = 1
  ) -> [UInt8] {
    var random = RandomStream(RandomKey(seed: seed, stream: 0x57A2))
    return (0..<count).flatMap { _ -> [UInt8] in
      let amounts = (0..<2).map { _ in max(0, Double.random(in: -0.7...1.5, using: &random)) }
      return (0..<3).map { channel in
        let density = amounts[0] * first[channel] + amounts[1] * second[channel]
        // The sum of twelve uniform numbers is nearly normal with standard deviation 1.
        let spread = (0..<12).reduce(-6.0) { sum, _ in sum + .random(in: 0..<1, using: &random) }
        return UInt8(min(max(255 * exp(-density) + noise * spread, 0), 255).rounded())
      }
    }
  }

  private static func failure(_ pixels: [UInt8]) -> StainSeparation.Failure? {
    do {
      _ = try StainSeparation(finding: pixels)
      return nil
    } catch {
      return error
    }
  }

  private static let none = [0.0, 0, 0]

  /// Noise alone makes one dye look like two up to 25° apart.
  @Test(arguments: [0, 1.5, 3, 5, 8]) func oneDye(noise: Double) {
    for dye in [StainTests.blue, StainTests.pink, [0.27, 0.57, 0.78]] {
      #expect(
        Self.failure(Self.pixels(20_000, dye, Self.none, noise: noise)) == .oneStain,
        "\(dye)")
    }
  }

  @Test(arguments: [0, 1.5, 3, 5, 8]) func gray(noise: Double) {
    let pixels = Self.pixels(20_000, [0.58, 0.58, 0.58], Self.none, noise: noise)
    #expect(Self.failure(pixels) == .gray)
  }

  /// Hematoxylin with eosin, as of two authors, and with diaminobenzidine.
  @Test(arguments: [
    [[0.65, 0.70, 0.29], [0.07, 0.99, 0.11]], [[0.56, 0.72, 0.41], [0.22, 0.80, 0.56]],
    [[0.65, 0.70, 0.29], [0.27, 0.57, 0.78]],
  ]) func twoDyes(dyes: [[Double]]) throws {
    for noise in [0, 1.5, 3] {
      let pixels = Self.pixels(20_000, dyes[0], dyes[1], noise: noise)
      let stains = try StainSeparation(finding: pixels)
      #expect(StainTests.angle(stains.densities[0], dyes[0]) < 5)
      #expect(StainTests.angle(stains.densities[1], dyes[1]) < 7)
    }
  }

  /// Light from the section rather than through it.
  @Test func darkField() {
    var random = RandomStream(RandomKey(seed: 1, stream: 0x57A3))
    for share in [0.02, 0.3] {
      let pixels = (0..<20_000).flatMap { _ -> [UInt8] in
        let isBright = Double.random(in: 0..<1, using: &random) < share
        let (red, green) = isBright ? (120...255, 60...200) : (4...30, 4...20)
        return [
          UInt8(Int.random(in: red, using: &random)), UInt8(Int.random(in: green, using: &random)),
          8,
        ]
      }
      #expect(Self.failure(pixels) == .darkField)
    }
  }

  @Test func hardlyStained() {
    #expect(Self.failure([]) == .hardlyStained)
    #expect(Self.failure([UInt8](repeating: 250, count: 3000)) == .hardlyStained)
  }

  /// Data that are made for a stain they do not have are not stored; made for colors, they say why
  /// there is none.
  @Test func dataOfOneDyeSayWhatToUse() throws {
    try withTemporaryDirectory { folder in
      let source = SyntheticTissue.sections(3, size: 128)
      var problem = tinyProblem
      problem.colorSpace = .stain(nil)
      #expect(throws: ProblemError.noStains(.oneStain)) {
        try problem.generateData(from: source, to: folder + "/data")
      }
      #expect(try Files.list(folder).isEmpty)
      let text = "\(ProblemError.noStains(.oneStain))"
      #expect(text.contains("only one dye") && text.contains("color_space=grey"))
      let data = try tinyProblem.generateData(from: source, to: folder + "/data")
      #expect(data.summary.stains == nil && data.summary.stainFailure == .oneStain)
      #expect(try DataSummary(directory: data.directory) == data.summary)
      #expect(throws: ProblemError.noStains(.oneStain)) {
        try Dataset(at: data.directory, for: problem)
      }
    }
  }
}
