import CajalImages
import CajalTensor
import Testing

@testable import CajalProblems

@Suite struct ProblemTests {
  @Test func registryKnowsTheProblems() throws {
    let registry = ProblemRegistry.standard
    #expect(
      registry.names == [
        "allen-brain-48to64", "allen-brain-8to32", "allen-brain-identity64",
        "allen-brain-inpainting16",
      ])
    for name in registry.names {
      let problem = try registry.problem(named: name)
      #expect(problem.name == name)
      #expect(problem.storageName == "img2img_allen_brain")
      let remade = try registry.problem(named: name, options: problem.options)
      #expect(remade.options == problem.options)
    }
  }

  @Test(arguments: [
    "allen-brain-16to32", "allen-brain-24to32", "allen-brain-32to40", "allen-brain-inpainting32",
    "allen-brain-identity7",
  ]) func sizesAreNamed(name: String) throws {
    let problem = try ProblemRegistry.standard.problem(
      named: name, options: ["color_space": "grey"])
    #expect(problem.name == name && problem.inputShape.channels == 1)
    #expect(ColorSpace("gray") == .gray && ColorSpace("grey") == .gray)
    #expect(AllenBrain(named: name)?.name == name)
  }

  @Test(arguments: [
    "allen-brain-", "allen-brain-8", "allen-brain-32to8", "allen-brain-08to32", "allen-brain-0to32",
    "allen-brain-8to32to64", "allen-brain-8to2000", "allen-brain-inpainting", "allen-8to32",
  ]) func otherNamesAreNot(name: String) {
    #expect(AllenBrain(named: name) == nil)
    #expect(throws: ProblemError.self) { try ProblemRegistry.standard.problem(named: name) }
  }

  /// One and a quarter times: 32 pixels of 40, each the mean of what it covers.
  @Test func ratiosNeedNotBeWhole() throws {
    let problem = AllenBrain(.upsampling(from: 32, to: 40))
    var random = RandomStream(RandomKey(seed: 1, stream: 0))
    let crop = noise(4, width: 40, height: 40)
    let example = try problem.example(from: crop, using: &random)
    #expect(example.input == crop.areaReduced(width: 32, height: 32))
    #expect(example.target == crop)
  }

  @Test(arguments: [(0.01, 3), (0.25, 15), (1, 30), (0.0001, 1)])
  func holesHaveTheirSize(area: Double, side: Int) throws {
    let problem = try AllenBrain(.inpainting(size: 30)).setting(["hole_area": "\(area)"])
    var random = RandomStream(RandomKey(seed: 3, stream: 0))
    let crop = Image(width: 30, height: 30, channels: 3, filledWith: 200)
    let input = try problem.example(from: crop, using: &random).input
    #expect(input.pixels.count { $0 == 0 } == 3 * side * side)
  }

  @Test func normalizationComesFromTheData() throws {
    try withTemporaryDirectory { folder in
      let data = try tinyProblem.setting(["normalization": "training_set"])
        .generateData(from: noiseSections(3), to: folder + "/data")
      let known = try #require(data.problem.normalization)
      #expect(
        known.mean == data.summary.mean && known.standardDeviation == data.summary.standardDeviation
      )
      let remade = try ProblemRegistry.standard.problem(
        named: data.problem.name, options: data.problem.options)
      #expect(remade.normalization == known)
      // The data themselves do not depend on it.
      #expect(try Dataset(at: folder + "/data", for: tinyProblem).problem.normalization == nil)
      let gray = try tinyProblem.setting(["color_space": "grey", "normalization": "training_set"])
      #expect(
        errorText { try Dataset(at: folder + "/data", for: gray) }?
          .contains("for gray where tiles are stored in color") == true)
    }
  }

  @Test func shapes() {
    #expect(AllenBrain.dim8to32.inputShape.description == "8 x 8 x 3")
    #expect(AllenBrain.dim8to32.targetShape == PixelShape(square: 32))
    #expect(AllenBrain.dim48to64.inputShape == PixelShape(square: 48))
    #expect(AllenBrain.inpainting16.inputShape == AllenBrain.inpainting16.targetShape)
    #expect(AllenBrain.identity64.targetShape == PixelShape(square: 64))
    #expect(AllenBrain.dim8to32.tileSize == 64)
  }

  @Test func wrongNamesAreExplained() {
    let registry = ProblemRegistry.standard
    #expect(
      errorText { try registry.problem(named: "alen-brain-8to32") }
        == "there is no problem alen-brain-8to32; did you mean allen-brain-8to32?")
    #expect(
      errorText { try registry.problem(named: "xyz") }?.contains("; there are allen-brain-48to64")
        == true)
    #expect(
      errorText { try AllenBrain.dim8to32.setting(["tilesize": "64"]) }
        == "problem allen-brain-8to32 has no option tilesize; did you mean tile_size?")
    for (name, value) in [
      ("tile_size", "31"), ("tile_size", "many"), ("color_space", "2"),
      ("color_space", "stain:1,2,3/2,4,6"), ("normalization", "yes"),
      ("normalization", "1,2/3,4"), ("input_schedule", "33:10"), ("input_schedule", "16"),
      ("input_schedule", "16:0"), ("tissue", "luma:4"),
      ("tissue", "luma_deviation:-1"), ("tissue", "luma_deviation:4:5"), ("augmentation", ""),
    ] {
      let text = errorText { try AllenBrain.dim8to32.setting([name: value]) }
      #expect(
        text?.hasPrefix("option \(name) cannot be \(value.isEmpty ? "empty" : value)") == true)
    }
  }

  @Test(arguments: [
    TissueRule.lumaStandardDeviation(4), .lumaStandardDeviation(2.5),
    .tensor2tensor(maximumBelow: 230),
    .everything,
  ])
  func tissueRuleSpelling(rule: TissueRule) { #expect(TissueRule(rule.description) == rule) }

  @Test func tissueRules() {
    let glass = Image(width: 8, height: 8, channels: 3, filledWith: 240)
    let shade = Image(width: 8, height: 8, channels: 3, filledWith: 229)
    // Half of the pixels 4 above and half 4 below the mean: a standard deviation of 4 to the last
    // bit.
    let stripes = Image(
      width: 2, height: 2, channels: 1, pixels: [96, 104, 104, 96])
    #expect(!TissueRule.lumaStandardDeviation(4).isTissue(glass))
    #expect(TissueRule.lumaStandardDeviation(4).isTissue(stripes))
    #expect(!TissueRule.lumaStandardDeviation(4.01).isTissue(stripes))
    // tensor2tensor keeps bright background and drops whatever is dark.
    #expect(TissueRule.tensor2tensor(maximumBelow: 230).isTissue(glass))
    #expect(!TissueRule.tensor2tensor(maximumBelow: 230).isTissue(shade))
    #expect(!TissueRule.tensor2tensor(maximumBelow: 230).isTissue(stripes))
    #expect(TissueRule.everything.isTissue(glass))
  }

  @Test(arguments: [(8, 4), (4, 4), (64, 48), (5, 3), (7, 1)])
  func areaReductionIsTheTruncatedMean(old: Int, new: Int) {
    let image = noise(1, width: old, height: old + 1)
    let reduced = image.areaReduced(width: new, height: new)
    for y in 0..<new {
      for x in 0..<new {
        for channel in 0..<3 {
          // Every old pixel as new × new equal parts, a new one as the parts in it.
          var sum = 0
          for part in 0..<(old * (old + 1)) {
            let (row, column) = (y * (old + 1) + part / old, x * old + part % old)
            sum += Int(image[column / new, row / new, channel])
          }
          #expect(Int(reduced[x, y, channel]) == sum / (old * (old + 1)))
        }
      }
    }
  }

  @Test(.enabled(if: sharedFolder != nil, "needs ../shared"), arguments: [1, 3, 5, 7])
  func inputsAreThoseOfTheWriteUp(triple: Int) throws {
    let folder = try #require(sharedFolder) + "/data/blog/triple\(triple)_"
    let target = try Image(contentsOf: folder + "target.png").converted(toChannels: 3)
    let input = try Image(contentsOf: folder + "input.png").converted(toChannels: 3)
    var random = RandomStream(RandomKey(seed: 0, stream: 0))
    let example = try AllenBrain.dim8to32.example(from: target, using: &random)
    #expect(example.input == input)
    #expect(example.target == target)
  }

  @Test func inpaintingBlanksOnePixelPerExample() throws {
    var random = RandomStream(RandomKey(seed: 3, stream: 0))
    let crop = Image(width: 16, height: 16, channels: 3, filledWith: 200)
    var places: Set<Int> = []
    for _ in 0..<200 {
      let input = try AllenBrain.inpainting16.example(from: crop, using: &random).input
      let changed = (0..<256).filter { input[$0 % 16, $0 / 16] != 200 }
      #expect(changed.count == 1)
      #expect(input.pixels.count { $0 == 0 } == 3)
      places.formUnion(changed)
    }
    // 200 draws of 256 places leave about 117 places untouched: 139 ± 6 are expected to be seen.
    #expect(places.count > 100)
  }

  @Test func trainingCropsCoverTileAndOrientations() {
    let tile = Image(
      width: 16, height: 16, channels: 1, pixels: (0..<256).map { UInt8($0) })
    var problem = tinyProblem
    problem.colorSpace = .gray
    var random = RandomStream(RandomKey(seed: 9, stream: 0))
    var corners: Set<UInt8> = []
    var steps: Set<[Int]> = []
    for _ in 0..<2000 {
      let crop = problem.trainingCrop(of: tile, using: &random)
      corners.formUnion([crop.pixels.min()!])
      steps.insert([Int(crop[1, 0]) - Int(crop[0, 0]), Int(crop[0, 1]) - Int(crop[0, 0])])
    }
    #expect(corners.count == 81)
    #expect(steps.count == 8)
    problem.augmentation = .none
    for _ in 0..<100 {
      let crop = problem.trainingCrop(of: tile, using: &random)
      #expect(crop[1, 0] == crop[0, 0] + 1 && crop[0, 1] == crop[0, 0] + 16)
    }
  }

  @Test func oblongCropsKeepTheirShape() {
    struct Oblong: Problem {
      let name = "oblong"
      let inputShape = PixelShape(height: 4, width: 6)
      let targetShape = PixelShape(height: 4, width: 6)
      func example(from crop: Image, using random: inout RandomStream) -> Example {
        Example(input: crop, target: crop)
      }
    }
    var random = RandomStream(RandomKey(seed: 9, stream: 0))
    #expect(Oblong().tileSize == 12)
    for seed in 0..<50 {
      let crop = Oblong().trainingCrop(
        of: noise(UInt64(seed), width: 12, height: 12), using: &random)
      #expect(crop.shape == Oblong().targetShape)
    }
  }
}
