public import CajalImages

/// A rule that distinguishes tissue from background.
public enum TissueRule: Sendable, Hashable {
  /// Tissue is where the population standard deviation of luma (0.299 R + 0.587 G + 0.114 B) over
  /// the tile is at least this; bare glass has 0.5 to 2.5 on the scale of 0 to 255.
  case lumaStandardDeviation(Double)
  /// Exactly tensor2tensor's filter: a tile is dropped when its largest value is below this (there
  /// 230). Bright background has larger values and passes.
  case tensor2tensor(maximumBelow: Int)
  /// Every tile counts as tissue.
  case everything

  /// Whether the rule classifies the tile as tissue.
  public func isTissue(_ tile: Image) -> Bool {
    switch self {
    case .lumaStandardDeviation(let least): tile.lumaStandardDeviation >= least
    case .tensor2tensor(let maximumBelow): (tile.pixels.max().map(Int.init) ?? 0) >= maximumBelow
    case .everything: true
    }
  }
}

extension TissueRule: LosslessStringConvertible {
  /// The rule as options spell it: `luma_deviation:4`, `tensor2tensor:230` or `everything`.
  public var description: String {
    switch self {
    case .lumaStandardDeviation(let least):
      "luma_deviation:" + (Int(exactly: least).map(String.init) ?? String(least))
    case .tensor2tensor(let maximumBelow): "tensor2tensor:\(maximumBelow)"
    case .everything: "everything"
    }
  }

  /// The rule with the given spelling, or `nil`. A rule without its number gets the default.
  public init?(_ description: String) {
    let parts = description.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    switch (parts[0], parts.dropFirst().first, parts.count) {
    case ("luma_deviation", nil, _): self = .lumaStandardDeviation(4)
    case ("luma_deviation", let number?, 2):
      guard let least = Double(number), least.isFinite, least >= 0 else { return nil }
      self = .lumaStandardDeviation(least)
    case ("tensor2tensor", nil, _): self = .tensor2tensor(maximumBelow: 230)
    case ("tensor2tensor", let number?, 2):
      guard let limit = Int(number) else { return nil }
      self = .tensor2tensor(maximumBelow: limit)
    case ("everything", nil, _): self = .everything
    default: return nil
    }
  }
}
