/// What the values of a pixel stand for.
public enum ColorSpace: Sendable, Hashable {
  /// Red, green and blue.
  case rgb
  /// One channel of luma.
  case gray
  /// One channel: how much there is of the first stain of ``StainSeparation``, white without it.
  /// `nil` takes the stains that were found in the training tiles.
  case stain(StainSeparation?)

  /// The values of a pixel.
  public var channels: Int { self == .rgb ? 3 : 1 }

  /// The values of a pixel of a stored tile: stains are separated when an example is made.
  var storedChannels: Int { self == .gray ? 1 : 3 }

  /// How tiles are stored, as options spell it.
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

/// Rows of numbers as options spell them: `1.5,2/3,4`.
enum NumberRows {
  /// The spelling, from which the same numbers are read again.
  static func text(_ rows: [[Double]]) -> String {
    rows.map { row in row.map { "\($0)" }.joined(separator: ",") }.joined(separator: "/")
  }

  /// The rows, or `nil` when a number is none.
  static func parse(_ text: some StringProtocol) -> [[Double]]? {
    var rows: [[Double]] = []
    for part in text.split(separator: "/", omittingEmptySubsequences: false) {
      let texts = part.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = texts.compactMap { Double($0) }
      guard numbers.count == texts.count, numbers.allSatisfy(\.isFinite) else { return nil }
      rows.append(numbers)
    }
    return rows
  }
}
