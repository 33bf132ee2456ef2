import CajalAutodiff
import CajalImages
import CajalLayers
import CajalTensor
import Testing

@testable import CajalModels

/// What a class of a residual model means near black and white.
@Suite struct ResidualClassTests {
  private let distribution = ResidualDistribution(levels: 256, isEnlarged: true)

  /// A model that gives the classes the same probabilities everywhere: they are those of
  /// differences.
  private func model(
    inputs: Int = 2, _ probability: (_ difference: Int) -> Float
  ) throws -> Img2ImgTransformer {
    var model = try smallModel(variants[2]).forInputs(rows: inputs, columns: inputs)
    let bias = try #require(model.layout["body/output_conv/bias"])
    var weights = [Float](repeating: 0, count: model.parameters.count)
    for index in 0..<256 { weights[bias.offset + index] = probability(index - 128) }
    model.parameters = ParameterValues([Tensor(weights)])
    return model
  }

  /// The logits of a sharp peak at no difference with a little on either side of it.
  private func peak(_ difference: Int) -> Float {
    difference == 0 ? 6 : abs(difference) <= 30 ? 1 : -20
  }

  /// A seventh of the probability is on steps beyond the end of the scale, and lands on the other
  /// end.
  @Test(arguments: [UInt8(0), 3, 10, 245, 252, 255]) func endsOfTheScale(value: UInt8) throws {
    let model = try model(peak)
    let input = Image(width: 2, height: 2, channels: 3, filledWith: value)
    #expect(try model.upsample(input, decoding: .greedy).pixels.allSatisfy { $0 == value })
    for pixel in try model.upsample(input, decoding: .mean).pixels {
      #expect(abs(Int(pixel) - Int(value)) <= 3)
    }
    for pixel in try model.upsample(input, decoding: .sample(seed: 5)).pixels {
      #expect(abs(Int(pixel) - Int(value)) <= 30)
    }
  }

  /// The most probable step goes beyond the end, as a model does it that has not seen white before:
  /// it means the end.
  @Test(arguments: [(UInt8(255), 3), (253, 6), (0, -2), (1, -9)])
  func nearMisses(base: UInt8, difference: Int) throws {
    let model = try model { $0 == difference ? 3 : abs($0 - difference) <= 20 ? 2 : -20 }
    let input = Image(width: 2, height: 2, channels: 3, filledWith: base)
    for decoding in [Decoding.greedy, .mean, .sample(seed: 3)] {
      for pixel in try model.upsample(input, decoding: decoding).pixels {
        #expect(abs(Int(pixel) - Int(base)) <= 20, "\(decoding)")
      }
    }
  }

  /// A hole in a bright picture is filled with nearly white, a small step around the end from
  /// black: there the input is as large as its target.
  @Test func brightHoles() throws {
    let model = try model(inputs: 4) { $0 == -12 ? 4 : abs($0 + 12) <= 20 ? 2 : -20 }
    let input = Image(width: 4, height: 4, channels: 3, filledWith: 0)
    let greedy = try model.upsample(input, decoding: .greedy)
    #expect(greedy.pixels.allSatisfy { $0 == 244 })
    for decoding in [Decoding.mean, .sample(seed: 1)] {
      let pixels = try model.upsample(input, decoding: decoding).pixels
      #expect(pixels.allSatisfy { $0 >= 244 - 20 }, "\(decoding): \(pixels)")
    }
  }

  /// A target can be further from its enlarged input than the scale is half long, as what fills a
  /// hole is.
  @Test(arguments: [(UInt8(0), -56, UInt8(200)), (255, 60, 59)])
  func farDifferencesStayPossible(base: UInt8, difference: Int, value: UInt8) throws {
    let model = try model { $0 == difference ? 6 : abs($0 - difference) <= 30 ? 1 : -20 }
    let input = Image(width: 2, height: 2, channels: 3, filledWith: base)
    for decoding in [Decoding.greedy, .mean] {
      let picture = try model.upsample(input, decoding: decoding)
      #expect(picture.pixels.allSatisfy { abs(Int($0) - Int(value)) <= 1 })
    }
  }

  /// In the middle of the scale no class goes around its ends: black and white stay possible
  /// together.
  @Test func theMiddleKeepsAllClasses() throws {
    for mode in 0..<256 {
      for code in 0..<256 {
        #expect(distribution.isPossible(code, mode: mode, base: 128))
      }
    }
    let model = try model { $0 == -120 || $0 == 120 ? 5 : -20 }
    let input = Image(width: 2, height: 2, channels: 3, filledWith: 128)
    #expect(try model.upsample(input, decoding: .mean).pixels.allSatisfy { $0 == 128 })
  }

  /// The most probable class is always possible; without wrapping, all classes are.
  @Test func whatIsPossible() {
    for base in stride(from: 0, through: 255, by: 5) {
      for mode in 0..<256 {
        #expect(distribution.isPossible(mode, mode: mode, base: base))
      }
      for difference in -128..<128 where (0...255).contains(base + difference) {
        #expect(distribution.isPossible(difference + 128, mode: 128, base: base))
      }
    }
    let middle = (0..<256).map { Float($0 % 7) }
    #expect(distribution.possible(middle.span, base: 128) == middle)
  }

  /// For each base the codes are a bijection of the values, and an even number of levels is all
  /// that they need.
  @Test(arguments: [2, 10, 256, 1024]) func codesAreABijection(levels: Int) {
    let distribution = ResidualDistribution(levels: levels, isEnlarged: true)
    let values = Tensor((0..<levels).map(Int32.init), shape: [levels, 1])
    for base in [0, levels / 3, levels - 1] {
      let bases = Tensor<Int32>(repeating: Int32(base), shape: [levels, 1])
      let codes = distribution.codes(of: values, bases: bases)
      #expect(Set(codes.scalars) == Set(values.scalars))
      #expect(distribution.values(of: codes, bases: bases) == values)
      #expect(codes[base, 0] == Int32(levels / 2))
    }
  }

  /// Means and entropies are those of what is sampled.
  @Test func impossibleClassesHaveNoProbability() {
    let logits = Tensor((0..<256).map { peak($0 - 128) }, shape: [1, 256])
    let bases = Tensor<Int32>([252], shape: [1, 1])
    let possible = logits.withSpan { distribution.possible($0, base: 252) }
    let all = CategoricalDistribution(classes: 256)
    let masked = Tensor(Array(possible), shape: [1, 256])
    #expect(masked != logits)
    #expect(distribution.entropy(logits, bases: bases) == all.entropy(masked, bases: nil))
    let uniforms = Tensor((0..<200).map { (Float($0) + 0.5) / 200 }, shape: [200, 1])
    let samples = distribution.sample(
      logits.broadcast(to: [200, 256]), bases: bases.broadcast(to: [200, 1]), temperature: 1,
      uniforms: uniforms)
    let values = distribution.values(of: samples, bases: bases.broadcast(to: [200, 1])).scalars
    #expect(values.allSatisfy { $0 >= 222 })
    let mean = Double(values.reduce(0, +)) / 200
    #expect(abs(mean - distribution.mean(logits, bases: bases).scalar) < 0.5)
  }

  @Test func meanIsTheDefault() throws {
    let model = try smallModel(variants[2])
    let inputs = randomPixels([1, 2, 2, 3], seed: 2)
    #expect(model.defaultDecoding == .mean)
    #expect(try model.decode(inputs) == model.decode(inputs, decoding: .mean))
    #expect(try model.decode(inputs) != model.decode(inputs, decoding: .greedy))
  }
}
