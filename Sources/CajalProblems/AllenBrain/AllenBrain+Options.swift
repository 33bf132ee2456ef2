import CajalFiles

extension AllenBrain {
  /// The names of the options and what their values look like.
  private static let optionForms = [
    "augmentation": "none or flips_and_rotations",
    "channels": "3 (colour) or 1 (grey)",
    "tile_size": "a number of pixels, at least the size of the target",
    "tissue": "luma_deviation:4, tensor2tensor:230 (with any number) or everything",
  ]

  /// The settings under the names `augmentation`, `channels`, `tile_size` and `tissue`.
  public var options: [String: String] {
    [
      "augmentation": augmentation.rawValue,
      "channels": String(channels),
      "tile_size": String(tileSize),
      "tissue": tissueRule.description,
    ]
  }

  /// All the options but `augmentation`, which is for training.
  public var dataOptions: [String: String] { options.filter { $0.key != "augmentation" } }

  /// The problem with some options changed; see ``options``.
  ///
  /// - Throws: ``ProblemError`` when there is no such option or the value does not fit it.
  public func setting(_ options: [String: String]) throws -> AllenBrain {
    var problem = self
    for (name, value) in options.sorted(by: { $0.key < $1.key }) {
      guard let expected = Self.optionForms[name] else {
        let known = Self.optionForms.keys.sorted()
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
    switch name {
    case "augmentation":
      guard let parsed = Augmentation(rawValue: value) else { return false }
      augmentation = parsed
    case "channels":
      guard let parsed = Int(value), [1, 3].contains(parsed) else { return false }
      channels = parsed
    case "tile_size":
      guard let parsed = Int(value), parsed >= targetShape.height, parsed <= 4096 else {
        return false
      }
      tileSize = parsed
    default:
      guard let parsed = TissueRule(value) else { return false }
      tissueRule = parsed
    }
    return true
  }
}
