import CajalImages
import CajalTensor
import Testing

@testable import CajalProblems

/// Random changes of training crops.
@Suite struct CropJitterTests {
  private func stream(_ number: Int) -> RandomStream {
    RandomStream(RandomKey(seed: 4, stream: 1, step: UInt64(number)))
  }

  private func crop(_ problem: AllenBrain, of tile: Image, _ number: Int) -> Image {
    var random = stream(number)
    return problem.trainingCrop(of: tile, using: &random)
  }

  /// 8 × 8 crops of 16 × 16 tiles in one orientation.
  private func problem(_ options: [String: String]) throws -> AllenBrain {
    try tinyProblem.setting(["augmentation": "none"].merging(options) { $1 })
  }

  /// Place and orientation are all that is drawn, in this order, as before there were other changes.
  @Test func withoutOptionsCropsHaveTheirBits() {
    let tile = noise(1, width: 16, height: 16)
    for number in 0..<50 {
      var random = stream(number)
      let x = Int.random(in: 0...8, using: &random), y = Int.random(in: 0...8, using: &random)
      let choice = Int.random(in: 0..<8, using: &random)
      let expected = tile.cropped(x: x, y: y, width: 8, height: 8)
        .transformed(by: DihedralTransform.allCases[choice])
      #expect(crop(tinyProblem, of: tile, number) == expected)
    }
  }

  @Test(arguments: [
    "scaling=0.2", "stain_jitter=0.1", "brightness_jitter=0.1/8", "noise=3",
    "training_crops=tissue",
  ])
  func cropsDependOnSeedAndNumberOnly(option: String) throws {
    let parts = option.split(separator: "=").map(String.init)
    let changed = try tinyProblem.setting([parts[0]: parts[1]])
    #expect(changed.options[parts[0]] == parts[1])
    #expect(try tinyProblem.setting(changed.options).options == changed.options)
    let tile = noise(2, width: 16, height: 16)
    let crops = (0..<20).map { crop(changed, of: tile, $0) }
    #expect(crops == (0..<20).map { crop(changed, of: tile, $0) })
    #expect(crops.allSatisfy { $0.shape == changed.cropShape })
    if parts[0] != "training_crops" {
      #expect(crops != (0..<20).map { crop(tinyProblem, of: tile, $0) })
      #expect(try changed.setting([parts[0]: "none"]).options == tinyProblem.options)
    }
  }

  @Test func brightnessChangesAllValuesAlike() throws {
    let tile = Image(width: 16, height: 16, channels: 3, filledWith: 100)
    let changed = try problem(["brightness_jitter": "0.1/8"])
    var values: Set<UInt8> = []
    for number in 0..<500 {
      let pixels = Set(crop(changed, of: tile, number).pixels)
      #expect(pixels.count == 1)
      values.formUnion(pixels)
    }
    // 100 · 0.9 - 8 to 100 · 1.1 + 8
    #expect(values.allSatisfy { (82...118).contains($0) })
    #expect(values.count > 30)
  }

  /// White and black stay; the channels of gray, with a density of ln 2, differ from each other.
  @Test func opticalDensitiesVaryByChannel() throws {
    let changed = try problem(["stain_jitter": "0.2"])
    for value in [0, 255] as [UInt8] {
      let tile = Image(width: 16, height: 16, channels: 3, filledWith: value)
      #expect(Set(crop(changed, of: tile, 1).pixels) == [value])
    }
    let tile = Image(width: 16, height: 16, channels: 3, filledWith: 128)
    var values: Set<UInt8> = []
    for number in 0..<300 {
      let pixels = crop(changed, of: tile, number).pixels
      values.formUnion(pixels)
      #expect(Set(stride(from: 0, to: pixels.count, by: 3).map { pixels[$0] }).count == 1)
    }
    // 255 · (128 / 255)^1.2 = 111.5 and 255 · (128 / 255)^0.8 = 146.9
    #expect(values.min() == 112 && values.max() == 147)
  }

  @Test func noiseHasAtMostItsStandardDeviation() throws {
    let tile = Image(width: 16, height: 16, channels: 3, filledWith: 128)
    let changed = try problem(["noise": "10"])
    let deviations = (0..<300).map { (number: Int) -> Double in
      var sum = 0.0
      for value in crop(changed, of: tile, number).pixels {
        sum += (Double(value) - 128) * (Double(value) - 128)
      }
      return (sum / 192).squareRoot()
    }
    // Of 192 values, the estimates differ by a twentieth from the standard deviations.
    let largest = deviations.max()!
    #expect(largest < 12.5 && largest > 9)
    #expect(deviations.min()! < 1)
    let mean: Double = deviations.reduce(0, +) / 300
    #expect(abs(mean - 5) < 0.6)
  }

  /// A ramp of 3 per column gets steeper or flatter by the scale.
  @Test func scalesAreInTheirRange() throws {
    func ramp(_ side: Int) -> Image {
      let pixels = (0..<(side * side)).map { UInt8($0 % side * 3) }
      return Image(width: side, height: side, channels: 1, pixels: pixels)
    }
    let changed = try AllenBrain.dim8to32.setting([
      "augmentation": "none", "scaling": "0.25", "color_space": "grey",
    ])
    func scales(_ tile: Image) -> [Double] {
      (0..<400).map { (number: Int) -> Double in
        let crop = crop(changed, of: tile, number)
        return (Double(crop[22, 16]) - Double(crop[9, 16])) / 39
      }
    }
    // Rounding makes 1 / 39.
    let free = scales(ramp(64))
    let (least, largest) = (free.min()!, free.max()!)
    #expect(least > 0.72 && least < 0.8)
    #expect(largest < 1.28 && largest > 1.2)
    // A crop is not larger than its tile.
    #expect(scales(ramp(32)).max() == 1)
  }

  /// The left half of the tile is glass.
  @Test func cropsWithoutTissueAreDrawnAgain() throws {
    let tissue = noise(3, width: 16, height: 16)
    let tile = Image(
      width: 16, height: 16, channels: 3,
      pixels: tissue.pixels.enumerated().map { $0 / 3 % 16 < 10 ? 240 : $1 })
    let all = try problem(["training_crops": "all"])
    let changed = try problem(["training_crops": "tissue"])
    let crops = (0..<300).map { crop(all, of: tile, $0) }
    let chosen = (0..<300).map { crop(changed, of: tile, $0) }
    #expect(crops.count { !all.keepsTile($0) } > 60)
    #expect(chosen.allSatisfy(all.keepsTile))
    // Crops with tissue stay as they are.
    #expect(zip(crops, chosen).allSatisfy { !all.keepsTile($0) || $0 == $1 })
    let glass = Image(width: 16, height: 16, channels: 3, filledWith: 240)
    #expect(crop(changed, of: glass, 0).pixels.allSatisfy { $0 == 240 })
  }

  @Test(arguments: [
    ("scaling", "1"), ("scaling", "-0.1"), ("scaling", "0.1/0.2"), ("stain_jitter", "nan"),
    ("brightness_jitter", "0.1"), ("brightness_jitter", "0.1/300"), ("noise", "256"),
    ("noise", "much"), ("training_crops", "none"),
  ])
  func otherValuesAreRefused(name: String, value: String) {
    #expect(
      errorText { try tinyProblem.setting([name: value]) }?
        .hasPrefix("option \(name) cannot be \(value)") == true)
  }

  /// Target and input change together, and held-out crops do not change.
  @Test func inputsAreMadeOfChangedCrops() throws {
    try withTemporaryDirectory { folder in
      try tinyProblem.generateData(from: noiseSections(3), to: folder + "/data")
      let plain = try Dataset(at: folder + "/data", for: tinyProblem)
      let changed = try Dataset(
        at: folder + "/data", for: tinyProblem.setting(["noise": "8", "scaling": "0.2"]))
      let example = try changed.trainingExample(3, seed: 1)
      #expect(example.input == example.target.areaReduced(width: 2, height: 2))
      #expect(try plain.trainingExample(3, seed: 1).target != example.target)
      #expect(
        try plain.evaluationExamples.map { try $0.example().target }
          == changed.evaluationExamples.map { try $0.example().target })
    }
  }

  /// Runs of earlier versions, whose records have none of the options, continue with the defaults.
  @Test func earlierRecordsHadTheDefaults() throws {
    try withTemporaryDirectory { folder in
      try tinyProblem.generateData(from: noiseSections(3), to: folder + "/data")
      let plain = PictureDataRecord(try Dataset(at: folder + "/data", for: tinyProblem))
      var earlier = plain
      for name in ["scaling", "noise", "stain_jitter", "brightness_jitter", "training_crops"] {
        earlier.problemOptions[name] = nil
      }
      try plain.checkContinues(earlier, run: "run")
      let changed = PictureDataRecord(
        try Dataset(at: folder + "/data", for: tinyProblem.setting(["scaling": "0.2"])))
      #expect(
        errorText { try changed.checkContinues(earlier, run: "run") }?
          .contains("the problem's scaling is 0.2, was none") == true)
    }
  }
}
