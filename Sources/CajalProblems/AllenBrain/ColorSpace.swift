/// The meaning of a pixel's values.
public enum ColorSpace: Sendable, Hashable {
  /// Red, green and blue.
  case rgb
  /// One channel of luma.
  case gray
  /// One channel: the concentration of the first stain of ``StainSeparation``, white for none.
  /// `nil` uses the stains found in the training tiles.
  case stain(StainSeparation?)

  /// The values of a pixel.
  public var channels: Int { self == .rgb ? 3 : 1 }

  /// The channels of a stored tile: stains are separated when an example is made.
  var storedChannels: Int { self == .gray ? 1 : 3 }

  /// The stored form of tiles, as spelled in options.
  var storedName: String { self == .gray ? "grey" : "rgb" }
}

extension ColorSpace: LosslessStringConvertible {
  /// The space as options spell it: `rgb`, `grey`, `stain`, or `stain:` and two densities of three
  /// numbers, as in `stain:0.9,1.2,0.6/0.2,0.9,0.4`.
  public var description: String {
    switch self {
    case .rgb: "rgb"
    case .gray: "grey"
    case .stain(nil): "stain"
    case .stain(let separation?): "stain:" + NumberRows.text(separation.densities)
    }
  }

  /// The space with the given spelling (`gray` is read too), or `nil`.
  public init?(_ description: String) {
    switch description {
    case "rgb": self = .rgb
    case "grey", "gray": self = .gray
    case "stain": self = .stain(nil)
    default:
      guard description.hasPrefix("stain:"),
        let densities = NumberRows.parse(description.dropFirst("stain:".count)),
        StainSeparation.isUsable(densities)
      else { return nil }
      self = .stain(StainSeparation(densities: densities))
    }
  }
}
