import CajalSupport

extension AllenBrain {
  /// Descriptions of the values of ``options``, by name.
  public var optionForms: [String: String] {
    var forms = [
      "augmentation": "none or flips_and_rotations",
      "color_space": "rgb, grey or stain",
      "normalization":
        "none, training_set, or means and standard deviations such as 150,140,160/30,31,28",
      "tile_size": "a number of pixels, at least the size of the target and at most 4096",
      "tissue": "luma_deviation:4, tensor2tensor:230 (with any number) or everything",
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

  /// The settings under the names `augmentation`, `color_space`, `normalization`, `tile_size` and
  /// `tissue`, and with in-painting `hole_area`, with up-sampling `input_schedule`.
  public var options: [String: String] {
    var options = [
      "augmentation": augmentation.rawValue,
      "color_space": colorSpace.description,
      "normalization": valueNormalization.description,
      "tile_size": String(tileSize),
      "tissue": tissueRule.description,
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

extension AllenBrain {
  /// The problem with a name such as `allen-brain-24to32`, `allen-brain-inpainting16` or
  /// `allen-brain-identity64`, of sizes up to 1024 pixels; `nil` for other names.
  ///
  /// A target is not smaller than its input. From twice the input's size on it is a whole multiple
  /// of it; below that the ratio can be any, such as 1.25.
  public init?(named name: String) {
    guard name.hasPrefix("allen-brain-") else { return nil }
    let task = name.dropFirst("allen-brain-".count)
    func size(_ text: some StringProtocol) -> Int? {
      Int(text).flatMap { Self.possibleSizes.contains($0) ? $0 : nil }
    }
    if task.hasPrefix("inpainting"), let size = size(task.dropFirst("inpainting".count)) {
      self.init(.inpainting(size: size))
    } else if task.hasPrefix("identity"), let size = size(task.dropFirst("identity".count)) {
      self.init(.identity(size: size))
    } else {
      let sizes = task.split(separator: "to", omittingEmptySubsequences: false).map { size($0) }
      guard sizes.count == 2, let from = sizes[0], let to = sizes[1],
        Self.reasonAgainst(from: from, to: to) == nil
      else {
        return nil
      }
      self.init(.upsampling(from: from, to: to))
    }
    // Other spellings of the numbers would give a problem two names.
    guard self.name == name else { return nil }
  }

  /// The reason why a target of `to` pixels cannot be learned from `from` pixels, or `nil` if it
  /// can.
  private static func reasonAgainst(from: Int, to: Int) -> String? {
    guard from <= to else { return "its target is smaller than its input" }
    guard to >= 2 * from, to % from != 0 else { return nil }
    return "from twice its input on, a target is a whole multiple of it, such as "
      + "\(from)to\(to / from * from) or \(from)to\((to / from + 1) * from)"
  }

  /// Explains a name that has the form of one of the problems, but sizes that cannot be.
  ///
  /// - Throws: ``ProblemError/unfitSizes(problem:reason:)``.
  static func checkSizes(inName name: String) throws {
    guard
      let match = name.wholeMatch(of: /allen-brain-(?:([0-9]+)to|inpainting|identity)([0-9]+)/)
    else { return }
    func fail(_ reason: String) throws {
      throw ProblemError.unfitSizes(problem: name, reason: reason)
    }
    let sizes = [match.1 ?? match.2, match.2].map { Int($0) ?? .max }
    guard sizes.allSatisfy(possibleSizes.contains) else {
      return try fail(
        "sizes are from \(possibleSizes.lowerBound) to \(possibleSizes.upperBound) pixels")
    }
    if let reason = reasonAgainst(from: sizes[0], to: sizes[1]) { try fail(reason) }
  }

  /// Rows and columns of inputs and targets.
  private static let possibleSizes = 1...1024
}
