import CajalSupport

extension AllenBrain {
  /// Descriptions of the values of ``options``, by name.
  public var optionForms: [String: String] {
    var forms = [
      "augmentation": "none or flips_and_rotations",
      "brightness_jitter":
        "none, or how much the gain (below 1) and the offset (up to 255) of a training crop vary, "
        + "such as 0.1/8",
      "color_space": "rgb, grey or stain",
      "noise":
        "none, or the largest standard deviation of noise in training crops, inputs and targets, up "
        + "to 255",
      "normalization":
        "none, training_set, or means and standard deviations such as 150,140,160/30,31,28",
      "scaling": "none, or how much the scale of training crops varies, below 1, such as 0.2",
      "stain_jitter":
        "none, or how much the optical density of each channel of training crops varies, below 1, "
        + "such as 0.1",
      "tile_size": "a number of pixels, at least the size of the target and at most 4096",
      "tissue": "luma_deviation:4, tensor2tensor:230 (with any number) or everything",
      "training_crops": "all, or tissue to draw crops without tissue again",
    ]
    switch task {
    case .inpainting: forms["hole_area"] = "a fraction of the picture, more than 0 and at most 1"
    case .upsampling(_, let target):
      forms["input_schedule"] =
        "none or sizes up to \(target) with their numbers of steps, such as "
        + "\(max(1, target * 3 / 4)):1000"
    case .identity: break
    }
    return forms
  }

  /// The settings under the names `augmentation`, `brightness_jitter`, `color_space`, `noise`,
  /// `normalization`, `scaling`, `stain_jitter`, `tile_size`, `tissue` and `training_crops`, and with
  /// in-painting `hole_area`, with up-sampling `input_schedule`.
  public var options: [String: String] {
    var options = [
      "augmentation": augmentation.rawValue,
      "brightness_jitter": JitterText.text(cropJitter.gain, cropJitter.offset),
      "color_space": colorSpace.description,
      "noise": JitterText.text(cropJitter.noise),
      "normalization": valueNormalization.description,
      "scaling": JitterText.text(cropJitter.scaling),
      "stain_jitter": JitterText.text(cropJitter.opticalDensity),
      "tile_size": String(tileSize),
      "tissue": tissueRule.description,
      "training_crops": trainingCrops.rawValue,
    ]
    switch task {
    case .inpainting: options["hole_area"] = String(holeArea)
    case .upsampling: options["input_schedule"] = inputSchedule.description
    case .identity: break
    }
    return options
  }

  /// Size and tissue, and whether tiles have colors; the others concern what is made of the tiles.
  public var dataOptions: [String: String] {
    [
      "color_space": colorSpace.storedName,
      "tile_size": String(tileSize),
      "tissue": tissueRule.description,
    ]
  }

  /// The problem with some options changed; see ``options``.
  ///
  /// - Throws: ``ProblemError`` when there is no such option or the value does not fit it.
  public func setting(_ options: [String: String]) throws -> AllenBrain {
    var problem = self
    for (name, value) in options.sorted(by: { $0.key < $1.key }) {
      guard let expected = optionForms[name] else {
        let known = optionForms.keys.sorted()
        throw ProblemError.unknownOption(
          name, problem: self.name, nearest: Spelling.nearest(to: name, in: known), known: known)
      }
      guard problem.set(name, to: value) else {
        throw ProblemError.invalidOption(name, value: value, expected: expected)
      }
    }
    return problem
  }

  /// Sets one option; false when the value does not fit.
  private mutating func set(_ name: String, to value: String) -> Bool {
    let target = targetShape.height
    switch name {
    case "augmentation": return take(Augmentation(rawValue: value), \.augmentation)
    case "brightness_jitter":
      guard let values = JitterText.numbers(value, count: 2),
        CropJitter.fractions.contains(values[0]), CropJitter.levels.contains(values[1])
      else { return false }
      (cropJitter.gain, cropJitter.offset) = (values[0], values[1])
      return true
    case "noise":
      return take(JitterText.number(value), \.cropJitter.noise, where: CropJitter.levels.contains)
    case "scaling":
      return take(
        JitterText.number(value), \.cropJitter.scaling, where: CropJitter.fractions.contains)
    case "stain_jitter":
      return take(
        JitterText.number(value), \.cropJitter.opticalDensity,
        where: CropJitter.fractions.contains)
    case "training_crops": return take(TrainingCrops(rawValue: value), \.trainingCrops)
    case "color_space": return take(ColorSpace(value), \.colorSpace)
    case "normalization": return take(ValueNormalization(value), \.valueNormalization)
    case "tile_size":
      return take(Int(value), \.tileSize) { $0 >= target && $0 <= 4096 }
    case "hole_area": return take(Double(value), \.holeArea) { $0 > 0 && $0 <= 1 }
    case "input_schedule":
      return take(InputSchedule(value), \.inputSchedule) { schedule in
        schedule.phases.allSatisfy { $0.size <= target }
      }
    default: return take(TissueRule(value), \.tissueRule)
    }
  }

  /// Takes a value that could be read and is allowed.
  private mutating func take<Value>(
    _ value: Value?, _ path: WritableKeyPath<AllenBrain, Value>,
    where isAllowed: (Value) -> Bool = { _ in true }
  ) -> Bool {
    guard let value, isAllowed(value) else { return false }
    self[keyPath: path] = value
    return true
  }
}

/// Ranges of random changes as options spell them: `none` where all are 0, else `0.1` or `0.1/8`.
private enum JitterText {
  static func text(_ numbers: Double...) -> String {
    numbers.allSatisfy { $0 == 0 }
      ? "none"
      : numbers.map { Int(exactly: $0).map(String.init) ?? String($0) }.joined(separator: "/")
  }

  static func numbers(_ text: String, count: Int) -> [Double]? {
    if text == "none" { return [Double](repeating: 0, count: count) }
    guard let rows = NumberRows.parse(text), rows.count == count,
      rows.allSatisfy({ $0.count == 1 })
    else { return nil }
    return rows.map { $0[0] }
  }

  static func number(_ text: String) -> Double? { numbers(text, count: 1)?[0] }
}
